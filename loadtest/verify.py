"""Compare what ClickHouse holds with the truth, to the row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from loadtest.defects import Key, Value
from loadtest.expected import Expected, Tally
from loadtest.landed import Asks, DeadLetter, LandedRows, read_dead_letters, read_rows
from loadtest.offsets import Offsets
from schemas.enums import Lateness, Reason, Verdict
from schemas.kinds import Feed

_MOST_EXAMPLES = 10


@dataclass(slots=True, kw_only=True)
class Comparison:
    """How rows and dead letters differ from the truth.

    `lost` must be there and is not; `doubled` is there more than once (each further copy counts); `unexpected` must
    not be there; `wrong` is there with another content. `found` counts what is there. `examples` name some in words.
    """

    lost: int = 0
    doubled: int = 0
    unexpected: int = 0
    wrong: int = 0
    found: Tally = field(default_factory=Tally)
    examples: list[str] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        """True when everything is as it must be, to the row."""
        return not (self.lost or self.doubled or self.unexpected or self.wrong)

    def note(self, what: str, partition: int, offsets: npt.NDArray[np.int64]) -> int:
        """Keep some examples and return how many there are."""
        room = max(0, _MOST_EXAMPLES - len(self.examples))
        self.examples += [f"{what}: partition {partition}, offset {offset}" for offset in offsets[:room].tolist()]
        return len(offsets)


class Record(Protocol):
    """What was published to a feed from `first_offsets` on."""

    @property
    def feed(self) -> Feed:
        """The feed."""

    @property
    def first_offsets(self) -> Offsets:
        """Where each partition ended before."""

    def originals(self, events: Expected) -> list[tuple[Key, Value]]:
        """Return key and value of each of `events`."""


def verify(client: Asks, run: Record, expected: Expected) -> Comparison:
    """Compare all rows and dead letters of the record's feed, from its first offsets on, with the truth.

    Asks partition by partition: the answer for five million events needs about 100 MB at a time.
    """
    comparison = Comparison()
    landed, rejects = expected.landed(), expected.rejects()
    feed, tally = run.feed, [0, 0, 0, 0]
    for partition, first_offset in run.first_offsets.items():
        rows = read_rows(client, feed, partition=partition, first_offset=first_offset)
        compare_rows(comparison, partition, landed.select(landed.partition == partition), rows)
        tally[0] += int(np.count_nonzero(rows.verdict == Verdict.ACCEPTED))
        tally[1] += len(rows)
        tally[2] += int(np.count_nonzero(rows.lateness > Lateness.ON_TIME))
        letters = read_dead_letters(client, feed, partition=partition, first_offset=first_offset)
        mine = rejects.select(rejects.partition == partition)
        compare_dead_letters(comparison, partition, mine, run.originals(mine), letters)
        tally[3] += len(letters)
    accepted, rows_landed, late, rejected = tally
    comparison.found = Tally(
        landed=rows_landed, accepted=accepted, rescan=rows_landed - accepted, rejected=rejected, late=late
    )
    return comparison


def compare_rows(comparison: Comparison, partition: int, expected: Expected, rows: LandedRows) -> None:
    """Add how the rows of one partition (in order of offset) differ from the truth about it."""
    once, first = np.unique(rows.offset, return_index=True)
    copies = np.delete(rows.offset, first)
    comparison.doubled += comparison.note("doubled row", partition, copies)
    comparison.lost += comparison.note("lost row", partition, np.setdiff1d(expected.offset, once))
    comparison.unexpected += comparison.note("unexpected row", partition, np.setdiff1d(once, expected.offset))
    both, here, there = np.intersect1d(expected.offset, once, assume_unique=True, return_indices=True)
    found = rows.take(first[there])
    same = (
        (expected.verdict[here] == found.verdict)
        & (expected.rescan_of[here] == found.rescan_of)
        & (expected.lateness[here] == found.lateness)
        & np.all(expected.scan_id[here] == found.scan_id, axis=1)
    )
    comparison.wrong += comparison.note("wrong row", partition, both[~same])


def compare_dead_letters(
    comparison: Comparison,
    partition: int,
    expected: Expected,
    originals: list[tuple[Key, Value]],
    letters: list[tuple[int, DeadLetter]],
) -> None:
    """Add how the dead letters of one partition differ from the rejected events with their original bytes."""
    wanted: Mapping[int, DeadLetter] = {
        offset: DeadLetter(reason, key or b"", value or b"")
        for offset, reason, (key, value) in zip(
            expected.offset.tolist(), expected.reason.tolist(), originals, strict=True
        )
    }
    found = dict(letters)
    comparison.doubled += len(letters) - len(found)
    comparison.lost += comparison.note("lost dead letter", partition, _offsets(wanted.keys() - found.keys()))
    comparison.unexpected += comparison.note(
        "unexpected dead letter", partition, _offsets(found.keys() - wanted.keys())
    )
    wrong = {offset for offset in wanted.keys() & found.keys() if wanted[offset] != found[offset]}
    comparison.wrong += comparison.note("wrong dead letter", partition, _offsets(wrong))


def _offsets(offsets: set[int]) -> npt.NDArray[np.int64]:
    return np.array(sorted(offsets), np.int64)


def describe(expected: Expected) -> dict[str, int]:
    """Return how many events must be rejected, by reason."""
    reasons = np.bincount(expected.rejects().reason)
    return {Reason(reason).name.lower(): int(count) for reason, count in enumerate(reasons.tolist()) if count}
