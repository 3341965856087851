"""The truth of a whole feed as arrays, and its counts."""

import gc
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from multiprocessing import get_context

import numpy as np
import numpy.typing as npt

from loadtest.alone import alone, delays_ms
from loadtest.draw import Ints
from loadtest.published import Published
from loadtest.truth import BORDERS_MS, Event, PartitionTruth, rejected
from schemas.enums import Lateness, Reason, Verdict
from schemas.kinds import Feed

#: Above so many events, processes share the work (4 µs an event; a process takes about a second to start).
_ALONE_EVENTS = 1_000_000


class Undecidable(ValueError):
    """An event lies so near to the border of a rule that the truth depends on the broker's exact clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many events became what; `late` ones have landed, too."""

    published: int = 0
    landed: int = 0
    accepted: int = 0
    rescan: int = 0
    retry: int = 0
    rejected: int = 0
    late: int = 0

    def __sub__(self, other: "Tally") -> "Tally":
        return Tally(**{each.name: getattr(self, each.name) - getattr(other, each.name) for each in fields(self)})


@dataclass(frozen=True, slots=True)
class Expected:
    """What must become of every event of a feed; row i of each array is event i, by partition, then offset."""

    partition: Ints
    offset: Ints
    scan_id: npt.NDArray[np.uint8]
    verdict: npt.NDArray[np.int8]
    reason: npt.NDArray[np.int8]
    rescan_of: Ints
    lateness: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.offset)

    def select(self, rows: npt.NDArray[np.bool_]) -> "Expected":
        """Return the events where `rows` is true."""
        return Expected(*(getattr(self, column.name)[rows] for column in fields(self)))

    def landed(self) -> "Expected":
        """Return the events that must have landed as rows."""
        return self.select(self.verdict <= Verdict.RESCAN)

    def rejects(self) -> "Expected":
        """Return the events that must be among the dead letters."""
        return self.select(self.verdict == Verdict.REJECTED)

    def tally(self) -> Tally:
        """Count the outcomes."""
        counts = np.bincount(self.verdict, minlength=5).tolist()
        return Tally(
            published=len(self),
            landed=counts[Verdict.ACCEPTED] + counts[Verdict.RESCAN],
            accepted=counts[Verdict.ACCEPTED],
            rescan=counts[Verdict.RESCAN],
            retry=counts[Verdict.RETRY],
            rejected=counts[Verdict.REJECTED],
            late=int(np.count_nonzero(self.lateness > Lateness.ON_TIME)),
        )


def expect(
    feed: Feed, published: Published, *, first_offsets: dict[int, int] | None = None, uncertainty_ms: int = 0
) -> Expected:
    """Return the truth about every published event.

    `first_offsets` maps a partition to the offset of its first event (0 where it is missing). Broker times may be up
    to `uncertainty_ms` later than `published` says: raise Undecidable if that changes an outcome's lateness or reason.
    """
    _require_distance(published, uncertainty_ms)
    first = first_offsets or {}
    numbers = np.unique(published.partition).tolist()
    work = [(feed, published.of_partition(number), number, first.get(number, 0)) for number in numbers]
    if len(published) < _ALONE_EVENTS:
        return joined([_expect_partition(*each) for each in work])
    # Millions of small objects live until the end: the collector would only look at them again and again.
    with ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=gc.disable) as pool:
        return joined(list(pool.map(_expect_partition, *zip(*work, strict=True))))


def joined(parts: list[Expected]) -> Expected:
    """Return the events of all parts, in order."""
    return Expected(*(np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(Expected)))


def _expect_partition(feed: Feed, published: Published, partition: int, first_offset: int) -> Expected:
    outcomes = np.empty((len(published), 4), np.int64)
    is_alone = alone(published)
    outcomes[is_alone] = (Verdict.ACCEPTED, 0, -1, Lateness.ON_TIME)
    outcomes[is_alone, 3] = _lateness(delays_ms(published)[is_alone])
    rows = np.flatnonzero(~is_alone)
    outcomes[rows] = decide_one_by_one(feed, published.take(rows), offsets=first_offset + rows)
    verdict, reason, rescan_of, lateness = outcomes.T
    return Expected(
        np.full(len(published), partition),
        first_offset + np.arange(len(published)),
        published.scan_id,
        verdict.astype(np.int8),
        reason.astype(np.int8),
        rescan_of.copy(),
        lateness.astype(np.int8),
    )


def decide_one_by_one(feed: Feed, published: Published, *, offsets: Ints) -> Ints:
    """Return verdict, reason, original and lateness of events of one partition, a row each, by the plain rules."""
    truth = PartitionTruth(rescan_window_ms=feed.rescan_window_ms)
    outcomes = [
        rejected(Reason(reason)) if reason else truth.decide(event, offset)
        for offset, (reason, event) in zip(offsets.tolist(), _events(published), strict=True)
    ]
    return np.array(outcomes, np.int64).reshape(-1, 4)


def _lateness(delay_ms: Ints) -> Ints:
    _, on_time_ms, late_ms, _ = BORDERS_MS
    classes = np.array([Lateness.ON_TIME, Lateness.LATE, Lateness.VERY_LATE], np.int64)
    found: Ints = classes[np.searchsorted([on_time_ms, late_ms], delay_ms)]
    return found


def _events(published: Published) -> Iterator[tuple[int, Event]]:
    events = map(
        Event,
        published.keyed.tolist(),
        np.any(published.visit[:, :16], axis=1).tolist(),
        _slices(published.scan_id),
        _slices(published.visit),
        published.event_ms.tolist(),
        published.sent_ms.tolist(),
        published.received_ms.tolist(),
        published.logged_ms.tolist(),
    )
    return zip(published.reason.tolist(), events, strict=True)


def _slices(array: npt.NDArray[np.uint8]) -> Iterator[bytes]:
    whole, width = array.tobytes(), array.shape[1]
    return (whole[at : at + width] for at in range(0, len(whole), width))


def _require_distance(published: Published, uncertainty_ms: int) -> None:
    delay_ms = delays_ms(published)
    for border_ms in BORDERS_MS:
        crossing = (delay_ms <= border_ms) & (border_ms < delay_ms + uncertainty_ms) & (published.reason == 0)
        if crossing.any():
            raise Undecidable(
                f"{np.count_nonzero(crossing)} events are within {uncertainty_ms / 1000:.0f} s of a delay of "
                f"{border_ms / 60_000:.0f} minutes; publish sooner after the scenario's start."
            )
