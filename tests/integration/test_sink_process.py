"""The sink as a process, on the real broker and the real engine."""

import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.kafka.broker import Broker
from deploy.local.clickhouse import EmbeddedClickHouse
from deploy.local.ports import free_ports
from schemas.landing import Counts
from sinks.clickhouse_writer import ClickHouseWriter
from sinks.ledger import LedgerRow
from sinks.ledger_report import report
from tests.integration.sink_rig import Landing, SinkProcess, make_topics
from tests.sinks.conftest import Database
from tests.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Start a broker of its own: the sink's topics have fixed names."""
    broker = Broker(tmp_path_factory.mktemp("sink-kafka"))
    broker.start()
    make_topics(broker.bootstrap)
    yield broker
    broker.stop()


@pytest.fixture(scope="module")
def landing(broker: Broker) -> Landing:
    """Return landing partitions with something in them; every test adds to them, and has a database of its own."""
    landing = Landing(broker.bootstrap)
    landing.publish(100)
    return landing


@pytest.fixture
def new_sink(
    broker: Broker,
    database: Database,
    unique_name: Callable[[str], str],
    tmp_path: Path,
) -> Iterator[Callable[[], SinkProcess]]:
    """Return a function that makes sinks of one group; stop them all afterwards."""
    made: list[SinkProcess] = []
    group = unique_name("sink")

    def make() -> SinkProcess:
        name = f"{group}-{len(made)}"
        config = replace(
            database.config,
            kafka=broker.bootstrap,
            group=group,
            instance=name,
            session_timeout_ms=6_000,
            metrics_port=free_ports(1)[0],
        )
        made.append(SinkProcess(config, tmp_path / f"{name}.log"))
        return made[-1]

    yield make
    for sink in made:
        sink.stop()


def test_everything_published_lands_and_sigterm_ends_it(
    landing: Landing,
    database: Database,
    new_sink: Callable[[], SinkProcess],
) -> None:
    sink = new_sink()
    sink.start()
    landing.publish(100)
    until(lambda: landing.recorded(database))
    landing.assert_landed(database)
    assert all(account.balanced for account in report(database.client))
    assert sink.metric('scanstream_rows_inserted_total{table="scans"}') == rows_landed(database)
    assert sink.metric('scanstream_ledger_imbalance_events{feed="venue"}') == 0
    assert sink.stop() == 0


def test_a_hole_in_the_landing_log_ends_it_with_a_sentence(
    landing: Landing,
    database: Database,
    new_sink: Callable[[], SinkProcess],
) -> None:
    part = landing.partitions[0]
    row = LedgerRow(feed=part.feed, partition=part.number, first=0, last=0, landing_offset=3, counts=Counts(seen=1))
    ClickHouseWriter(database.client, database.name).record([row])
    sink = new_sink()
    sink.start(wait_ready=False)
    assert sink.process.wait(30) == 1
    assert f"The landing log of {part.feed.name}, partition {part.number}, has a hole" in sink.errors()


def test_a_landing_log_shorter_than_the_ledger_ends_it_with_a_sentence(
    landing: Landing,
    database: Database,
    new_sink: Callable[[], SinkProcess],
) -> None:
    part = landing.partitions[0]
    row = LedgerRow(feed=part.feed, partition=part.number, first=0, last=0, landing_offset=10**9, counts=Counts(seen=1))
    ClickHouseWriter(database.client, database.name).record([row])
    sink = new_sink()
    sink.start(wait_ready=False)
    assert sink.process.wait(30) == 1
    assert "Kafka no longer has what the sink needs" in sink.errors()


def test_killed_again_and_again_under_load_it_lands_the_truth(
    landing: Landing,
    database: Database,
    new_sink: Callable[[], SinkProcess],
) -> None:
    sink = new_sink()
    for _ in range(4):
        sink.start()
        landing.publish(60)
        before = rows_landed(database)
        until(lambda seen=before: rows_landed(database) > seen + 30, why="rows land")  # type: ignore[misc]  # mypy can't infer a lambda with a default
        sink.kill()
    sink.start()
    until(lambda: landing.recorded(database), why="the ledger covers everything")
    landing.assert_landed(database)


def test_a_paused_sink_and_the_one_that_takes_over_do_no_harm_to_each_other(
    landing: Landing,
    database: Database,
    new_sink: Callable[[], SinkProcess],
) -> None:
    first, second = new_sink(), new_sink()
    first.start()
    until(lambda: rows_landed(database) > 0, why="the first sink lands rows")
    first.signal(signal.SIGSTOP)
    second.start()
    landing.publish(100)
    until(lambda: landing.recorded(database), why="the second sink takes over")
    first.signal(signal.SIGCONT)
    landing.publish(100)
    until(lambda: landing.recorded(database), why="both go on")
    landing.assert_landed(database)


def test_clickhouse_away_only_pauses_the_sink(
    landing: Landing,
    database: Database,
    clickhouse: EmbeddedClickHouse,
    new_sink: Callable[[], SinkProcess],
) -> None:
    sink = new_sink()
    sink.start()
    until(lambda: rows_landed(database) > 0, why="rows land")
    clickhouse.kill()
    landing.publish(100)
    clickhouse.restart()
    until(lambda: landing.recorded(database), why="the sink goes on by itself")
    landing.assert_landed(database)
    assert sink.process.poll() is None


def test_a_sink_without_tables_says_what_to_do(
    landing: Landing,
    database: Database,
    new_sink: Callable[[], SinkProcess],
) -> None:
    database.client.command(f"DROP TABLE `{database.name}`.ledger SYNC")
    sink = new_sink()
    sink.start(wait_ready=False)
    assert sink.process.wait(30) == 1
    assert "scanstream migrate" in sink.errors()
    del landing


def rows_landed(database: Database) -> int:
    """Return the number of scans in the table."""
    return database.number("SELECT count() FROM {}.scans")
