"""Streams of one source partition: events with all their clocks, generated to sit on the rules' edges."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st

from schemas.columns import Columns
from schemas.decode import Spans
from schemas.encode import encode_batch
from schemas.kinds import VENUE
from schemas.plan import plan_of
from streams.transport.record_batch import Records
from streams.window.rules import BUCKET_MS, DAY_MS, FUTURE_MS, HOUR_MS, MINUTE_MS, VERY_LATE_MS

#: The start of a bucket in June 2021.
START_MS = 1_622_523_600_000
#: Where the 31 bits of a stored time begin again.
WRAP_MS = 1 << 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One message: who, where, and what every clock said. `received_ms` 0 is an event that no gateway saw."""

    scan: int
    person: int = 1
    place: int = 1
    direction: int = 1
    device: int = 1
    device_ms: int
    logged_ms: int
    sent_ms: int = 0
    received_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A new scan `wait_ms` after the event before it; it happened `delay_ms` before the broker got it.

    `skew_ms` is how far the device's clock is behind, as the gateway sees it; None is a scan without a gateway and
    with a right clock.
    """

    wait_ms: int
    delay_ms: int
    person: int
    place: int
    direction: int
    device: int
    skew_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """The event `back` positions before is sent again, perhaps through a gateway that sees another skew."""

    wait_ms: int
    back: int
    skew_ms: int | None


_WAITS = st.one_of(
    st.integers(0, 2 * MINUTE_MS),
    st.sampled_from((0, 1, BUCKET_MS - 1, BUCKET_MS, BUCKET_MS + 1, 11 * MINUTE_MS, 16 * MINUTE_MS, 2 * HOUR_MS)),
)
_LONG_WAITS = st.sampled_from((DAY_MS, 11 * DAY_MS, 13 * DAY_MS, WRAP_MS - BUCKET_MS + 1, WRAP_MS, WRAP_MS + 1))
_DELAYS = st.one_of(
    st.integers(0, 20 * MINUTE_MS),
    st.sampled_from(
        (0, BUCKET_MS - 1, BUCKET_MS, 10 * MINUTE_MS, 10 * MINUTE_MS + 1, 14 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS)
    ),
    st.sampled_from((-1, -FUTURE_MS, -FUTURE_MS - 1, 72 * HOUR_MS, 72 * HOUR_MS + 1, VERY_LATE_MS, VERY_LATE_MS + 1)),
)
_SKEWS = st.one_of(
    st.none(),
    st.none(),
    st.none(),
    st.integers(-15 * MINUTE_MS, 15 * MINUTE_MS),
    st.sampled_from((0, 2_000, -2_001, 2 * HOUR_MS, -2 * HOUR_MS, DAY_MS, -DAY_MS, DAY_MS + 1, -DAY_MS - 1)),
)


def steps(*, long_waits: bool = False, retries: bool = True) -> st.SearchStrategy[list[Scan | Retry]]:
    """Return what may happen on a partition, a scan first; people, places and devices are few, so they collide."""
    waits = st.one_of(_WAITS, _WAITS, _WAITS, _LONG_WAITS) if long_waits else _WAITS
    scan = st.builds(
        Scan,
        wait_ms=waits,
        delay_ms=_DELAYS,
        person=st.integers(1, 2),
        place=st.integers(1, 2),
        direction=st.integers(1, 2),
        device=st.integers(1, 3),
        skew_ms=_SKEWS,
    )
    retry = st.builds(Retry, wait_ms=waits, back=st.integers(1, 30), skew_ms=_SKEWS)
    rest = st.lists(st.one_of(scan, scan, scan, retry) if retries else scan, max_size=39)
    return st.builds(lambda first, others: [first, *others], scan, rest)


def stream_of(happened: Sequence[Scan | Retry]) -> list[Event]:
    """Return the events of `happened`, in the order of their offsets 0, 1, 2, …"""
    events: list[Event] = []
    now = START_MS
    for step in happened:
        now += step.wait_ms
        if isinstance(step, Scan):
            events.append(_scanned(step, now, scan=len(events) + 1))
        else:
            events.append(_sent_again(events[-min(step.back, len(events))], step, now))
    return events


def _scanned(step: Scan, now: int, *, scan: int) -> Event:
    skew = step.skew_ms or 0
    event = Event(
        scan=scan,
        person=step.person,
        place=step.place,
        direction=step.direction,
        device=step.device,
        device_ms=now - step.delay_ms - skew,
        logged_ms=now,
    )
    return event if step.skew_ms is None else replace(event, sent_ms=now - skew, received_ms=now)


def _sent_again(event: Event, step: Retry, now: int) -> Event:
    if step.skew_ms is None:
        return replace(event, logged_ms=now)
    return replace(event, logged_ms=now, sent_ms=now - step.skew_ms, received_ms=now)


def columns_of(events: Sequence[Event]) -> Columns:
    """Return the decoded columns of events of the venue feed."""
    columns = Columns.empty(plan_of(VENUE), len(events))
    columns.integers[:], columns.fixed[:] = 0, 0
    columns.words("scan_id")[:] = [(event.scan, 7) for event in events] or np.empty((0, 2))
    columns.words("subject")[:] = [(event.person, 9) for event in events] or np.empty((0, 2))
    columns.integer("place_id")[:] = [event.place for event in events]
    columns.integer("direction")[:] = [event.direction for event in events]
    columns.integer("device_id")[:] = [event.device for event in events]
    columns.integer("event_time")[:] = [event.device_ms for event in events]
    columns.integer("sent_at")[:] = [event.sent_ms for event in events]
    columns.integer("received_at")[:] = [event.received_ms for event in events]
    return columns


def records_of(events: Sequence[Event], *, first: int = 0) -> Records:
    """Return the Kafka records of events at consecutive offsets from `first` on, keyed by subject."""
    columns, count = columns_of(events), len(events)
    keys = columns.words("subject").copy().view(np.uint8).reshape(-1)
    return Records(
        Spans(keys, np.arange(count) * 16, np.full(count, 16)),
        encode_batch(columns),
        np.arange(first, first + count),
        np.array([event.logged_ms for event in events], np.int64),
    )
