"""How many parts there are, asked of the real engine, and shown until something newer is known."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from clickhouse_connect.driver.client import Client
from prometheus_client import CollectorRegistry

from sinks.clickhouse_writer import connect
from sinks.errors import ErrorClass, TryAgain
from sinks.watch.part_gauges import PartGauges, Parts, read_parts
from tests.sinks.clock import Clock
from tests.sinks.conftest import Database
from tests.sinks.reports.landed import hour, identity, land


@pytest.fixture
def unmerged(database: Database) -> Iterator[Client]:
    """Yield a client of a database in which scans are not merged until the test ends."""
    client = connect(database.config)
    client.database = database.name
    client.command("SYSTEM STOP MERGES scans")
    yield client
    # The next borrower's deletions would wait for ever.
    client.command("SYSTEM START MERGES scans")
    client.close()


@pytest.mark.integration
def test_parts_are_those_of_the_fullest_partition_and_of_the_fullest_past_week(
    database: Database, unmerged: Client
) -> None:
    moments = [hour(0), hour(1), hour(2) - timedelta(days=7)]
    for number, moment in enumerate(moments):
        land(database, "scans", [{"scan_id": identity(number + 1), "event_time": moment, "logged_at": moment}])
    unmerged.command("INSERT INTO scans (logged_at) SELECT now64(3)")
    found = {parts.table: parts for parts in read_parts(unmerged)}
    assert found["scans"] == Parts(table="scans", most=2, most_of_a_past_week=2)
    assert all(parts.most_of_a_past_week == 0 for table, parts in found.items() if table != "scans")


def test_what_was_seen_last_is_shown_while_the_store_is_away() -> None:
    registry, clock, answers = CollectorRegistry(), Clock(), list[list[Parts] | Exception]()

    def read() -> list[Parts]:
        answer = answers.pop()
        if isinstance(answer, Exception):
            raise answer
        return answer

    gauges = PartGauges(registry, read=read, clock=clock)
    scans = Parts(table="scans", most=40, most_of_a_past_week=3)
    for answer in ([scans], TryAgain("away", ErrorClass.NETWORK)):
        answers.append(answer)
        clock.seconds += gauges.step()
        assert registry.get_sample_value("scanstream_table_parts", {"table": "scans"}) == 40
        assert registry.get_sample_value("scanstream_past_week_parts") == 3
    answers.append([])
    clock.seconds += gauges.step()
    assert registry.get_sample_value("scanstream_table_parts", {"table": "scans"}) is None
    assert registry.get_sample_value("scanstream_past_week_parts") == 0
