"""The bench of analysts' questions on a small world, in the real engine."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from clickhouse_connect.driver.client import Client

from loadtest.bench_queries import bench_queries
from loadtest.queries.asked import NAMES
from loadtest.queries.generate import fill
from loadtest.queries.world import NotThisWorld, World
from tests.databases import Databases

_WORLD = World.of(rows=20_000, seed=3, now=datetime.now(UTC))
#: Without those that take long to plan.
_ONLY = ("scans_of_person", "trace_points", "occupancy", "daily_report")


def _quiet(_line: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def client(databases: Databases) -> Iterator[Client]:
    """Fill a database with the world."""
    with databases.lend() as database:
        fill(database.client, _WORLD, say=_quiet)
        yield database.client


def test_every_question_is_timed_while_rows_land_and_its_answer_is_found_twice(client: Client) -> None:
    nights: list[int] = []

    def night() -> None:
        nights.append(int(client.query("SELECT count() FROM scans").result_rows[0][0]))

    figures = bench_queries(client, client, _WORLD, night=night, repeats=1, rate=2_000, seed=5, say=_quiet, only=_ONLY)
    assert nights == [20_000]
    assert figures["wrong"] == []
    assert figures["balanced"]
    assert figures["rows"] == 20_000
    assert figures["empty"] == []
    assert set(figures["queries"]) == set(_ONLY) < set(NAMES)
    for query in figures["queries"].values():
        assert 0 < query["p50"] <= query["max"]
        assert 0 < query["rows_read"] <= query["rows_read_max"]
    assert figures["inserts"]["rows"] > 0
    streamed = client.query("SELECT count(), uniqExact(scan_id), uniqExact(_offset) FROM scans").result_rows[0]
    assert streamed == (20_000 + figures["inserts"]["rows"],) * 3


def test_a_world_that_is_there_is_not_made_again(client: Client) -> None:
    before = client.query("SELECT count(), sum(cityHash64(*)) FROM scans").result_rows
    fill(client, _WORLD, say=_quiet)
    assert client.query("SELECT count(), sum(cityHash64(*)) FROM scans").result_rows == before


def test_another_number_of_scans_is_refused(client: Client) -> None:
    with pytest.raises(NotThisWorld, match="it holds 20,000 scans of seed 3 at 500 places in 2 regions, not 22,000 "):
        fill(client, replace(_WORLD, rows=22_000), say=_quiet)


def test_scans_are_spread_as_people_scan(client: Client) -> None:
    """Ways in and out, three feeds, late ones, few at night, all within their days."""
    shares = client.query(
        "SELECT countIf(direction = 'OUT') / count(), countIf(feed = 'venue') / count(), "
        "countIf(lateness = 'LATE') / count(), countIf(toHour(event_time, 'Asia/Ho_Chi_Minh') < 5) / count(), "
        "uniqExact(toDate(logged_at, 'Asia/Ho_Chi_Minh')) FROM scans WHERE _partition < 64"
    ).result_rows[0]
    assert shares[0] == pytest.approx(0.3, abs=0.03)
    assert shares[1] == pytest.approx(0.82, abs=0.03)
    assert shares[2] == pytest.approx(0.03, abs=0.01)
    assert shares[3] < 0.1
    assert shares[4] == 21
