"""A partition over a log that several workers wrote: what it takes over, what it refuses, where it goes on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.kinds import VENUE
from schemas.landing import Counts, LandingMessage
from streams.batch import BatchProcessor
from streams.partition import HoleInLog, Partition
from streams.registry.snapshot import Snapshot
from streams.window.rules import WindowRules
from tests.schemas.landing import trimmed
from tests.streams.raw import walkers
from tests.streams.window.events import Event, Retry, Scan, records_of, steps, stream_of
from tests.streams.window.pipeline import decisions, landed, resolved

_NOTHING_KNOWN = Snapshot.build(places={}, areas={}, devices={})


def _fresh(*, next_offset: int | None = None) -> Partition:
    rules = WindowRules(rescan_ms=VENUE.rescan_window_ms)
    partition = Partition.fresh(processor=BatchProcessor(feed=VENUE), number=0, rules=rules)
    partition.next_offset = next_offset
    return partition


def _process(
    partition: Partition, events: list[Event], *, first: int, last: int | None = None
) -> LandingMessage | None:
    processed = partition.process(
        records=records_of(events, first=first),
        last=first + len(events) - 1 if last is None else last,
        snapshot=_NOTHING_KNOWN,
    )
    return None if processed is None else processed.message


def test_a_new_partition_starts_at_its_first_record() -> None:
    message = _process(_fresh(), walkers(3), first=40)
    assert message is not None
    assert (message.first, message.last, message.counts.seen) == (40, 42, 3)


def test_a_message_starts_where_the_log_ends_and_covers_offsets_without_records() -> None:
    message = _process(_fresh(next_offset=30), walkers(3), first=40, last=50)
    assert message is not None
    assert (message.first, message.last, message.counts.seen) == (30, 50, 3)


def test_what_is_covered_is_not_processed_again() -> None:
    partition = _fresh(next_offset=42)
    message = _process(partition, walkers(3), first=40)
    assert message is not None
    assert (message.first, message.last, message.counts.seen) == (42, 42, 1)
    assert _process(partition, walkers(3), first=40) is None
    assert partition.next_offset == 43


def test_a_hole_in_the_log_is_refused() -> None:
    log = landed(walkers(9), sizes=[3, 3])
    partition = _fresh()
    partition.replay(log[0])
    with pytest.raises(HoleInLog, match=r"scans.venue.v1.landing\[0\] covers offset 2, then 6"):
        partition.replay(log[2])


def test_a_log_may_begin_anywhere() -> None:
    log = landed(walkers(9), sizes=[3, 3])
    partition = _fresh()
    partition.replay(log[2])
    assert partition.next_offset == 9


def test_the_newest_broker_time_is_known_after_processing() -> None:
    partition = _fresh()
    events = walkers(3)
    _process(partition, events, first=0)
    assert partition.logged_ms == events[-1].logged_ms


@st.composite
def _overlapping(draw: st.DrawFn, events: list[Event]) -> list[LandingMessage]:
    """Return a log of two workers: each one's messages in order, the second's never ahead of what the log covers."""
    cuts = st.lists(st.integers(1, 6), max_size=8)
    logs = [landed(events, sizes=draw(cuts)), landed(events, sizes=draw(cuts))]
    merged: list[LandingMessage] = []
    covered = -1
    while any(logs):
        ready = [log for log in logs if log and log[0].first <= covered + 1]
        log = draw(st.sampled_from(ready))
        covered = max(covered, log[0].last)
        merged.append(log.pop(0))
    return merged


@given(steps(long_waits=True), st.data())
def test_a_log_two_workers_wrote_says_the_same_as_one_workers(
    happened: list[Scan | Retry], data: st.DataObject
) -> None:
    events = stream_of(happened)
    log = trimmed(data.draw(_overlapping(events)))
    alone = landed(events)
    assert decisions(log) == decisions(alone)
    assert sum((message.counts for message in log), Counts()) == alone[0].counts


@given(steps(long_waits=True), steps(), st.data())
def test_after_replaying_a_log_two_workers_wrote_decisions_go_on_as_before(
    happened: list[Scan | Retry], more: list[Scan | Retry], data: st.DataObject
) -> None:
    events = stream_of([*happened, *more])
    split = len(stream_of(happened))
    partition, log = _fresh(), data.draw(_overlapping(events[:split]))
    for message in log:
        partition.replay(message)
    assert partition.next_offset == split
    rest = _process(partition, events[split:], first=split)
    assert rest is not None
    # Who replayed knows less of what is late, so the sink may have more to decide; what is decided is the same.
    assert resolved([*trimmed(log), rest]) == resolved(landed(events, sizes=[split]))
