"""A block is in the table once, whatever the store remembers of its token."""

from dataclasses import dataclass

import pytest
from prometheus_client import CollectorRegistry

from schemas.kinds import VENUE
from schemas.landing import encode_block
from sinks.caution import CAUTION_SECONDS, Caution
from sinks.clickhouse_writer import ClickHouseWriter
from sinks.errors import SinkStopped, TryAgain
from sinks.memory_writer import MemoryWriter, week_of
from sinks.patience import Patience
from sinks.placement import Piece, Placement
from sinks.sink_metrics import SinkMetrics
from sinks.writer import Insert, Writer
from tests.sinks.clock import Clock
from tests.sinks.conftest import Database
from tests.sinks.faults import Effect, Fault, FaultyWriter
from tests.sinks.landing_log import NOON_MS, Event, rows_table

POSITION = "scans.venue.v1.landing:0:0:scans"


@dataclass
class Bench:
    """A placement over a writer, and its clock."""

    writer: Writer
    clock: Clock
    placement: Placement

    def place(self, *events: Event, position: str = POSITION) -> None:
        """Place the events' rows."""
        block = encode_block(rows_table(events))
        self.placement.place(Piece(feed=VENUE, partition=0, table="scans", block=block, token=position))

    def calm(self) -> None:
        """Let it become sure that nobody was here before."""
        self.place(Event(offset=10_000), position="elsewhere")


def bench_over(writer: Writer) -> Bench:
    """Return a bench as after an assignment."""
    clock, metrics = Clock(), SinkMetrics(CollectorRegistry())
    caution = Caution(clock)
    patience = Patience(ours=lambda: None, wait=lambda _: None, failed=metrics.count_error)
    return Bench(writer, clock, Placement(writer=writer, patience=patience, caution=caution, metrics=metrics))


def offsets(writer: MemoryWriter) -> list[int]:
    """Return what is in the table, without the row `calm` put there."""
    found = writer.rows("scans", VENUE, 0)["_offset"].to_pylist()
    return sorted(offset for offset in found if offset < 10_000)


def test_rows_that_are_there_are_not_inserted_again() -> None:
    writer = FaultyWriter(lambda: None)
    bench_over(writer).place(Event(offset=1))
    bench_over(writer).place(Event(offset=1), Event(offset=2), position="another")
    assert offsets(writer) == [1, 2]


def test_when_calm_an_insert_is_one_request() -> None:
    writer = FaultyWriter(lambda: None)
    bench = bench_over(writer)
    bench.calm()
    bench.place(Event(offset=1))
    bench.place(Event(offset=2), position="next")
    assert [insert.token for insert in writer.sent] == ["elsewhere", POSITION, "next"]


def test_a_failed_insert_is_compared_even_when_calm() -> None:
    faults: list[Fault | None] = [None, Fault(Effect.TOKEN_ONLY, kills=False)]
    writer = FaultyWriter(lambda: faults.pop(0) if faults else None)
    bench = bench_over(writer)
    bench.calm()
    bench.place(Event(offset=1))
    assert offsets(writer) == [1]


def test_after_a_failure_every_insert_is_compared_for_a_while() -> None:
    writer = FaultyWriter(lambda: None)
    bench = bench_over(writer)
    bench.calm()
    bench.placement.caution.alarm()
    writer.remember("scans", (POSITION, week_of(NOON_MS)))
    bench.place(Event(offset=1))
    bench.clock.seconds += CAUTION_SECONDS
    writer.remember("scans", ("next", week_of(NOON_MS)))
    bench.place(Event(offset=2), position="next")
    assert offsets(writer) == [1]


def test_caution_lasts_until_nothing_of_a_block_was_there_however_long_that_takes() -> None:
    writer = MemoryWriter(token_window=1)
    bench_over(writer).place(Event(offset=1))
    bench_over(writer).place(Event(offset=2), position="second")
    late = bench_over(writer)
    late.clock.seconds += 1_000_000
    late.place(Event(offset=1))
    late.place(Event(offset=2), position="second")
    assert offsets(writer) == [1, 2]


class Sieve(MemoryWriter):
    """Acknowledges everything and keeps nothing."""

    def insert(self, insert: Insert) -> None:
        del insert


def test_a_table_that_loses_rows_stops_the_sink() -> None:
    with pytest.raises(SinkStopped, match="don't stay in table scans"):
        bench_over(Sieve()).place(Event(offset=1))


@pytest.mark.integration
def test_the_engine_drops_rows_of_a_token_it_remembers_and_they_land_nevertheless(database: Database) -> None:
    writer = ClickHouseWriter(database.client, database.name)
    events = [Event(offset=offset, person=offset) for offset in range(5)]
    block = encode_block(rows_table(events))
    writer.insert(Insert(table="scans", block=block, token=POSITION))
    database.client.command(f"ALTER TABLE `{database.name}`.scans DELETE WHERE 1 SETTINGS mutations_sync = 1")
    writer.insert(Insert(table="scans", block=block, token=POSITION))
    assert database.number("SELECT count() FROM {}.scans") == 0
    bench_over(writer).place(*events)
    assert database.number("SELECT uniqExact(_offset) FROM {}.scans") == database.number("SELECT count() FROM {}.scans")
    assert database.number("SELECT count() FROM {}.scans") == len(events)


def test_failures_are_counted_by_class() -> None:
    metrics = SinkMetrics(CollectorRegistry())
    metrics.count_error(TryAgain("away"))
    assert metrics.insert_errors.labels("network")._value.get() == 1
