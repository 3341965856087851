"""Finished messages of many partitions share one ledger insert, and offsets follow it."""

from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor

import pytest
from prometheus_client import CollectorRegistry

from schemas.kinds import VENUE
from sinks.errors import SinkStopped
from sinks.fence import Fence, Permit
from sinks.lane import Lane
from sinks.ledger import LedgerRow
from sinks.ledger_flush import LedgerFlush
from sinks.memory_writer import MemoryWriter
from sinks.sink_metrics import SinkMetrics
from tests.sinks.clock import Clock
from tests.sinks.pools import AtOnce
from tests.sinks.test_lane import Work, lane_of, record


class CountingWriter(MemoryWriter):
    """Counts ledger inserts and fails them if told."""

    def __init__(self, failure: Exception | None = None) -> None:
        super().__init__()
        self.inserts: list[int] = []
        self._failure = failure

    def record(self, rows: Sequence[LedgerRow]) -> None:
        if self._failure:
            raise self._failure
        self.inserts.append(len(rows))
        super().record(rows)


def flush_over(writer: MemoryWriter, clock: Clock, thread: Executor | None = None) -> LedgerFlush:
    """Return a flush that lingers a second."""
    return LedgerFlush(
        writer=writer,
        permit=Permit(Fence(clock, 5)),
        metrics=SinkMetrics(CollectorRegistry()),
        thread=thread or AtOnce(),
        clock=clock,
        linger_seconds=1,
    )


def finished_lane(*offsets: int) -> Lane:
    """Return a lane whose records took effect."""
    lane = lane_of(Work(), AtOnce())
    for offset in offsets:
        lane.put(record(offset))
    return lane


def test_it_lingers_for_company_and_inserts_once() -> None:
    writer, clock = CountingWriter(), Clock()
    flush, lanes = flush_over(writer, clock), [finished_lane(0, 1), finished_lane(5)]
    assert flush.turn(lanes) == {}
    assert writer.inserts == []
    clock.seconds += 1
    flush.turn(lanes)
    assert writer.inserts == [3]


def test_offsets_are_told_only_after_the_insert_was_acknowledged() -> None:
    writer, clock = CountingWriter(), Clock()
    flush, lanes = flush_over(writer, clock), [finished_lane(0, 1)]
    clock.seconds += 1
    assert flush.turn(lanes) == {}
    assert flush.turn(lanes) == {("t", 0): 2}
    assert flush.turn(lanes) == {}


def test_a_lane_dropped_meanwhile_is_left_out() -> None:
    writer, clock = CountingWriter(), Clock()
    flush, lane = flush_over(writer, clock), finished_lane(0)
    lane.drop()
    clock.seconds += 1
    flush.turn([lane])
    assert writer.inserts == []


def test_a_store_that_refuses_ends_the_sink() -> None:
    clock = Clock()
    with ThreadPoolExecutor(1) as thread:
        flush = flush_over(CountingWriter(SinkStopped("no table")), clock, thread)
        with pytest.raises(SinkStopped, match="no table"):
            flush.finish([finished_lane(0)], 10)


def test_the_end_records_everything_at_once() -> None:
    writer = CountingWriter()
    flush = flush_over(writer, Clock())
    assert flush.finish([finished_lane(0), finished_lane(9)], 10) == {("t", 0): 10}
    assert writer.mark(VENUE, 0)
