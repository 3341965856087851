"""A lane keeps order, works one portion at a time and reports what took effect."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from threading import Event as Signal

import pytest

from schemas.kinds import VENUE
from schemas.landing import Counts
from sinks.errors import Abandoned, SinkStopped
from sinks.fence import Fence, Permit
from sinks.lane import Lane
from sinks.ledger import LedgerRow
from sinks.record import Record
from tests.sinks.clock import Clock
from tests.sinks.pools import AtOnce
from tests.waiting import until


class Work:
    """Notes the records it gets; waits for `go` and fails with `failure`, if they are set."""

    def __init__(self, *, most_records: int = 1, failure: Exception | None = None) -> None:
        self.most_records = most_records
        self.failure = failure
        self.go = Signal()
        self.go.set()
        self.portions: list[list[int]] = []
        self.waiting_from: int | None = None
        self.due = False

    def start(self) -> int:
        return 7

    def work(self, records: Sequence[Record]) -> list[LedgerRow]:
        assert self.go.wait(10)
        self.portions.append([record.offset for record in records])
        if self.failure:
            raise self.failure
        return [ledger_row(record.offset) for record in records]


def ledger_row(offset: int) -> LedgerRow:
    """Return the row of a message that covers one event."""
    counts = Counts(seen=1, accepted=1)
    return LedgerRow(feed=VENUE, partition=0, first=offset, last=offset, landing_offset=offset, counts=counts)


def record(offset: int) -> Record:
    """Return a record of 100 bytes."""
    return Record(topic="t", partition=0, offset=offset, value=bytes(100), headers=[])


@pytest.fixture
def pool() -> Iterator[Executor]:
    """Return two threads."""
    with ThreadPoolExecutor(2) as pool:
        yield pool


def lane_of(work: Work, pool: Executor) -> Lane:
    """Return a lane that still has its permit."""
    return Lane(topic="t", partition=0, work=work, permit=Permit(Fence(Clock(), 5)), pool=pool)


def test_records_are_worked_on_in_order_in_portions(pool: Executor) -> None:
    work = Work(most_records=4)
    work.go.clear()
    lane = lane_of(work, pool)
    for offset in range(10):
        lane.put(record(offset))
    work.go.set()
    until(lambda: lane.idle, seconds=10)
    assert [offset for portion in work.portions for offset in portion] == list(range(10))
    assert max(map(len, work.portions)) == 4


def test_what_took_effect_is_reported_once_with_the_offset_after_it() -> None:
    lane = lane_of(Work(), AtOnce())
    for offset in (3, 4):
        lane.put(record(offset))
    finished = lane.take_finished()
    assert finished
    assert finished.next_offset == 5
    assert [row.first for row in finished.rows] == [3, 4]
    assert lane.take_finished() is None


def test_it_counts_the_bytes_it_holds_until_they_are_done(pool: Executor) -> None:
    work = Work()
    work.go.clear()
    lane = lane_of(work, pool)
    lane.put(record(0))
    assert lane.held_bytes > 100
    work.go.set()
    until(lambda: lane.idle, seconds=10)
    assert lane.held_bytes == 0


def test_a_dropped_lane_forgets_what_waits_and_reports_nothing(pool: Executor) -> None:
    work = Work()
    work.go.clear()
    lane = lane_of(work, pool)
    for offset in range(3):
        lane.put(record(offset))
    lane.drop()
    work.go.set()
    until(lambda: lane.idle, seconds=10)
    assert work.portions in ([[0]], [])
    assert lane.take_finished() is None


def test_a_closed_lane_reports_what_was_under_way() -> None:
    lane = lane_of(Work(), AtOnce())
    lane.put(record(0))
    lane.close()
    assert lane.take_finished()


def test_an_abandoned_lane_is_dropped_without_a_failure() -> None:
    lane = lane_of(Work(failure=Abandoned("revoked")), AtOnce())
    lane.put(record(0))
    assert lane.failure is None
    assert lane.take_finished() is None


def test_a_failure_is_kept_for_the_main_thread_and_ends_the_lane() -> None:
    work = Work(failure=SinkStopped("a hole"))
    lane = lane_of(work, AtOnce())
    lane.put(record(0))
    assert isinstance(lane.failure, SinkStopped)
    assert lane.idle


def test_records_that_wait_take_effect_when_they_are_due() -> None:
    work = Work()
    lane = lane_of(work, AtOnce())
    lane.start()
    work.waiting_from = 7
    lane.put(record(7))
    lane.nudge()
    assert work.portions == [[7]]
    assert lane.next_offset == 7
    assert not lane.idle
    work.waiting_from, work.due = None, True
    lane.nudge()
    assert work.portions == [[7], []]
    assert lane.next_offset == 8
    assert lane.idle


def test_a_dropped_lane_is_not_nudged_and_waits_for_nothing() -> None:
    work = Work()
    lane = lane_of(work, AtOnce())
    work.waiting_from, work.due = 7, True
    lane.drop()
    lane.nudge()
    assert work.portions == []
    assert lane.idle


def test_it_begins_where_its_work_says() -> None:
    lane = lane_of(Work(), AtOnce())
    assert lane.start() == 7
    assert lane.next_offset == 7
