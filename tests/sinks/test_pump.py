"""Whatever happens on the way, the table ends up with the truth and the ledger balances."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from schemas.enums import Verdict
from schemas.kinds import VENUE
from schemas.landing import Counts
from sinks.caution import Caution
from sinks.check import Lookup
from sinks.errors import SinkStopped
from sinks.ledger import LedgerRow
from sinks.lookups import SharedLookups
from sinks.memory_writer import MemoryWriter
from sinks.patience import Patience
from sinks.pump import PartitionPump
from sinks.record import Record
from sinks.scans import Scans
from sinks.sink_metrics import SinkMetrics
from tests.sinks.clock import Clock
from tests.sinks.faults import Effect, Fault, FaultyWriter, Killed
from tests.sinks.landing_log import NOON_MS, Event, message_of, record_of, truth
from tests.sinks.pools import AtOnce, WhenTold

WEEK_MS = 7 * 24 * 3600 * 1000
#: After a lookup none is due for 0.4 s, some steps.
_LOOKUP_SECONDS, _STEP_SECONDS = 0.1, 0.15


def pump_over(
    writer: MemoryWriter, caution: Caution | None = None, clock: Clock | None = None, pool: Executor | None = None
) -> PartitionPump:
    """Return a pump of partition 0 of the venue feed that never sleeps; by a `clock` lookups take some time."""
    metrics, passes = SinkMetrics(CollectorRegistry()), clock or Clock()

    def earlier(lookups: Sequence[Lookup]) -> list[Scans]:
        passes.seconds += _LOOKUP_SECONDS if clock else 0
        return writer.earlier(lookups)

    return PartitionPump(
        feed=VENUE,
        partition=0,
        writer=writer,
        lookups=SharedLookups(ask=earlier, wait=lambda _: None, clock=passes),
        lookup_pool=pool or AtOnce(),
        patience=Patience(ours=lambda: None, wait=lambda _: None, failed=metrics.count_error),
        caution=caution or Caution(Clock()),
        metrics=metrics,
    )


class Sink:
    """One sink process on the partition: it can be killed at any time and starts again from the ledger."""

    def __init__(self, writer: MemoryWriter, log: Sequence[Record], clock: Clock) -> None:
        self._writer, self._log, self._clock = writer, log, clock
        self.caution = Caution(clock)
        self.restart()

    def restart(self) -> None:
        self._pool = WhenTold()
        self._pump = pump_over(self._writer, self.caution, self._clock, self._pool)
        self._next = self._pump.start()
        self._finished: list[LedgerRow] = []

    def step(self, messages: int = 1) -> None:
        """Land some messages at once, and those that waited if a lookup is due."""
        self._clock.seconds += _STEP_SECONDS
        try:
            self._finished += self._pump.work(self._log[self._next : self._next + messages])
        except Killed:
            self.restart()
            return
        self._next = min(len(self._log), self._next + messages)

    def answer(self) -> None:
        """Let the lookup that is under way end."""
        self._pool.run()

    def flush(self) -> None:
        self._writer.record(self._finished)
        self._finished = []

    @property
    def done(self) -> bool:
        return self._next >= len(self._log) and self._pump.waiting_from is None


def finish(sink: Sink) -> None:
    """Let the sink land the rest of its log."""
    while not sink.done:
        sink.answer()
        sink.step(3)
    sink.flush()


def log_of(events: Sequence[Event], cuts: Sequence[tuple[int, int]]) -> list[Record]:
    """Return a landing log that covers all events; each cut is how far a range reaches back and ahead.

    Every other message is a small one.
    """
    ranges, covered = [], 0
    for back, ahead in [*cuts, (0, len(events))]:
        first, last = max(0, covered - back), min(len(events), covered + ahead - back + 1)
        if first < last and (covered < len(events) or back):
            ranges.append((first, last))
            covered = max(covered, last)
    messages = [message_of(events[first:last], small=at % 2 == 1) for at, (first, last) in enumerate(ranges)]
    return [record_of(message, offset) for offset, message in enumerate(messages)]


def check_truth(writer: MemoryWriter, events: Sequence[Event]) -> None:
    """Compare rows, rejects and ledger with the rules spelled out."""
    expected = truth(events)
    rows = writer.rows("scans", VENUE, 0).to_pylist()
    landed = sorted((row["_offset"], row["verdict"], row["rescan_of"]) for row in rows)
    assert landed == [
        (offset, verdict, repeats)
        for offset, (verdict, repeats) in expected.items()
        if verdict in (Verdict.ACCEPTED, Verdict.RESCAN)
    ]
    rejects = writer.rows("dead_letters", VENUE, 0)["_offset"].to_pylist()
    assert sorted(rejects) == [at for at, (verdict, _) in expected.items() if verdict is Verdict.REJECTED]
    ledger = writer.ledger(VENUE, 0)
    assert [row.first for row in ledger] == [0, *(row.last + 1 for row in ledger[:-1])]
    assert ledger[-1].last == len(events) - 1
    assert all(row.counts.balanced for row in ledger)
    total = sum((row.counts for row in ledger), Counts())
    outcomes = [verdict for verdict, _ in expected.values()]
    assert (total.accepted, total.rescan, total.retry, total.rejected) == tuple(
        outcomes.count(verdict) for verdict in (Verdict.ACCEPTED, Verdict.RESCAN, Verdict.RETRY, Verdict.REJECTED)
    )


def numbered(drawn: Sequence[Event]) -> list[Event]:
    """Give the events their offsets; only rows that land can be left to the sink."""
    return [
        replace(event, offset=offset, verdict=Verdict.ACCEPTED if event.checked else event.verdict)
        for offset, event in enumerate(drawn)
    ]


events_of_a_partition = st.lists(
    st.builds(
        Event,
        offset=st.just(0),
        verdict=st.sampled_from(
            [Verdict.ACCEPTED, Verdict.ACCEPTED, Verdict.ACCEPTED, Verdict.RETRY, Verdict.REJECTED]
        ),
        checked=st.booleans(),
        scan=st.sampled_from([-1, -1, 1, 2]),
        person=st.integers(1, 2),
        time_ms=st.sampled_from([NOON_MS, NOON_MS + 200_000, NOON_MS + WEEK_MS, NOON_MS - WEEK_MS]),
        skew_ms=st.sampled_from([0, 0, 0, 3_000]),
    ),
    min_size=1,
    max_size=14,
).map(numbered)
cuts_of_a_log = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 7)), max_size=8)
faults = st.lists(
    st.none() | st.builds(Fault, effect=st.sampled_from(Effect), kills=st.booleans()),
    max_size=12,
)
two_sinks = st.lists(
    st.tuples(st.sampled_from(["step", "step", "step", "answer", "flush", "kill", "deliver"]), st.integers(0, 9)),
    max_size=30,
)


@settings(max_examples=250, deadline=None)
@given(events_of_a_partition, cuts_of_a_log, faults, two_sinks)
def test_two_sinks_at_once_with_any_failure_land_the_truth(
    events: list[Event], cuts: list[tuple[int, int]], planned: list[Fault | None], schedule: list[tuple[str, int]]
) -> None:
    pending = iter(planned)
    writer, clock = FaultyWriter(lambda: next(pending, None)), Clock()
    log = log_of(events, cuts)
    sinks = [Sink(writer, log, clock), Sink(writer, log, clock)]
    writer.crashed += [sink.caution.alarm for sink in sinks]
    for action, number in schedule:
        sink = sinks[number % 2]
        if action == "step":
            sink.step(1 + number // 2)
        elif action == "answer":
            sink.answer()
        elif action == "flush":
            sink.flush()
        elif action == "kill":
            sink.restart()
        else:
            writer.deliver_again(number)
    for sink in sinks:
        finish(sink)
    check_truth(writer, events)


@settings(max_examples=120, deadline=None)
@given(events_of_a_partition, cuts_of_a_log, faults, st.lists(st.integers(1, 4), max_size=8))
def test_a_sink_killed_again_and_again_after_long_breaks_lands_the_truth(
    events: list[Event], cuts: list[tuple[int, int]], planned: list[Fault | None], lives: list[int]
) -> None:
    pending = iter(planned)
    writer, clock = FaultyWriter(lambda: next(pending, None)), Clock()
    log = log_of(events, cuts)
    sink = Sink(writer, log, clock)
    for steps in lives:
        for _ in range(steps):
            clock.seconds += 1_000
            sink.answer()
            sink.step()
        if steps % 2:
            sink.flush()
        sink.restart()
    finish(sink)
    check_truth(writer, events)


def test_settled_rows_do_not_wait_for_a_lookup_and_ledger_rows_keep_the_order() -> None:
    writer, clock = MemoryWriter(), Clock()
    pump = pump_over(writer, clock=clock)
    pump.start()
    events = [Event(offset=offset, person=offset, checked=offset in {1, 3}) for offset in range(6)]
    messages = [message_of(events[at : at + 2]) for at in (0, 2, 4)]
    assert pump.work([record_of(messages[0], 0)]) == []
    assert [row.first for row in pump.work([record_of(messages[1], 1)])] == [0]
    assert pump.work([record_of(messages[2], 2)]) == []
    assert not pump.due
    assert pump.waiting_from == 1
    assert sorted(writer.rows("scans", VENUE, 0)["_offset"].to_pylist()) == [0, 1, 2, 4, 5]
    clock.seconds += 1
    assert pump.due
    assert pump.work([]) == []
    assert pump.due
    assert [row.first for row in pump.work([])] == [2, 4]
    assert pump.waiting_from is None
    assert sorted(writer.rows("scans", VENUE, 0)["_offset"].to_pylist()) == list(range(6))


def test_settled_rows_land_while_a_lookup_is_under_way() -> None:
    writer, pool = MemoryWriter(), WhenTold()
    pump = pump_over(writer, pool=pool)
    pump.start()
    events = [Event(offset=offset, person=offset, checked=offset == 1) for offset in range(6)]
    messages = [message_of(events[at : at + 2]) for at in (0, 2, 4)]
    for offset, message in enumerate(messages):
        assert pump.work([record_of(message, offset)]) == []
    assert (pump.due, pump.waiting_from) == (False, 0)
    assert writer.rows("scans", VENUE, 0)["_offset"].to_pylist() == [0, 2, 3, 4, 5]
    pool.run()
    assert pump.due
    assert [row.first for row in pump.work([])] == [0, 2, 4]
    assert sorted(writer.rows("scans", VENUE, 0)["_offset"].to_pylist()) == list(range(6))


def test_rows_that_outlived_their_token_are_not_landed_twice() -> None:
    writer = MemoryWriter(token_window=1)
    log = log_of([Event(offset=offset) for offset in range(6)], [(0, 1), (0, 1)])
    clock = Clock()
    sink = Sink(writer, log, clock)
    for _ in log:
        sink.step()
    clock.seconds += 1_000_000
    sink.restart()
    finish(sink)
    check_truth(writer, [Event(offset=offset) for offset in range(6)])


def test_a_hole_in_the_log_stops_the_sink_and_names_it() -> None:
    writer = MemoryWriter()
    pump = pump_over(writer)
    pump.start()
    pump.work([record_of(message_of([Event(offset=0)]), 0)])
    with pytest.raises(SinkStopped, match="source offsets 1 to 4 are missing"):
        pump.work([record_of(message_of([Event(offset=5)]), 1)])


def test_the_first_message_of_all_may_begin_anywhere() -> None:
    writer = MemoryWriter()
    pump = pump_over(writer)
    pump.start()
    (row,) = pump.work([record_of(message_of([Event(offset=900)]), 0)])
    assert row.first == 900


def test_a_message_of_another_partition_stops_the_sink() -> None:
    pump = pump_over(MemoryWriter())
    with pytest.raises(SinkStopped, match="partition 3"):
        pump.work([record_of(message_of([Event(offset=0)], partition=3), 0)])


def test_a_message_whose_counts_lie_stops_the_sink_before_anything_landed() -> None:
    writer = MemoryWriter()
    message = replace(message_of([Event(offset=0)]), counts=Counts(seen=2, accepted=2))
    with pytest.raises(SinkStopped, match="says 2 rows and 0 dead letters, and holds 1 and 0"):
        pump_over(writer).work([record_of(message, 0)])
    assert not writer.rows("scans", VENUE, 0).num_rows


def test_a_record_that_is_no_landing_message_stops_the_sink() -> None:
    record = Record(topic="t", partition=0, offset=0, value=b"x", headers=[])
    with pytest.raises(SinkStopped, match="not a landing-log message"):
        pump_over(MemoryWriter()).work([record])


def test_bytes_nobody_has_to_change_reach_the_store_untouched() -> None:
    writer = FaultyWriter(lambda: None)
    message = message_of([Event(offset=0), Event(offset=1, person=2)])
    pump = pump_over(writer)
    pump.start()
    pump.work([record_of(message, 0)])
    assert writer.sent[0].block is message.settled
    assert writer.sent[0].token.split(":") == ["scans.venue.v1.landing", "0", "0", "settled"]
