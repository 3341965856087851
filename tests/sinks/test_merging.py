"""Weeks of scans become one part each, whole, once a night: asked of the real engine."""

from datetime import UTC, datetime, timedelta

import pytest

from sinks.merging import merge_weeks
from sinks.retention.servers import Servers
from tests.sinks.conftest import Database
from tests.sinks.reports.landed import hour, identity, land

_WEEK = timedelta(days=7)


def land_parts(database: Database, *, weeks: int, parts: int) -> list[bytes]:
    """Land a part of one scan in each of some weeks, some times over; return the scans' ids, ascending."""
    ids = [identity(1 + at) for at in range(weeks * parts)]
    for at, scan_id in enumerate(ids):
        moment = hour(at / 60) - at % weeks * _WEEK
        land(database, "scans", [{"scan_id": scan_id, "event_time": moment, "_offset": at}])
    return ids


def parts_of_weeks(database: Database) -> list[int]:
    """Return how many parts each week of scans has, weeks in order."""
    found = database.client.query(
        "SELECT count() FROM system.parts WHERE database = {name:String} AND table = 'scans' AND active "
        "GROUP BY partition_id ORDER BY partition_id",
        {"name": database.name},
    )
    return [int(parts) for (parts,) in found.result_rows]


def soon() -> datetime:
    """Return a moment after everything that was made until now."""
    return datetime.now(UTC) + timedelta(seconds=2)


@pytest.mark.integration
def test_each_week_of_several_parts_becomes_one_with_the_same_rows(database: Database) -> None:
    ids = land_parts(database, weeks=2, parts=3)
    said: list[str] = []
    assert merge_weeks(database.client, made_before=soon(), say=said.append) == 2
    assert parts_of_weeks(database) == [1, 1]
    assert said == ["merging 3 parts of week 20210719", "merging 3 parts of week 20210726"]
    found = database.client.query("SELECT scan_id FROM scans ORDER BY scan_id").result_rows
    assert [scan_id for (scan_id,) in found] == ids


@pytest.mark.integration
def test_a_week_merged_since_is_let_be_until_the_next_night(database: Database) -> None:
    land_parts(database, weeks=1, parts=2)
    before = datetime.now(UTC) - timedelta(days=1)
    assert merge_weeks(database.client, made_before=before) == 0
    assert parts_of_weeks(database) == [2]
    assert merge_weeks(database.client, made_before=soon()) == 1
    land(database, "scans", [{"scan_id": identity(99), "event_time": hour(1)}])
    assert merge_weeks(database.client, made_before=before) == 0
    assert parts_of_weeks(database) == [2]


@pytest.mark.integration
def test_one_part_is_not_written_again(database: Database) -> None:
    land_parts(database, weeks=1, parts=1)
    assert merge_weeks(database.client, made_before=soon()) == 0


def test_on_a_cluster_the_tables_of_the_shards_are_merged_and_no_server_is_waited_for() -> None:
    servers = Servers("c")
    assert servers.merged("scans", "20210726") == (
        "OPTIMIZE TABLE scans_local ON CLUSTER c PARTITION ID '20210726' FINAL"
    )
    assert servers.merging()["distributed_ddl_task_timeout"] == "0"
    assert Servers().merged("scans", "20210726") == "OPTIMIZE TABLE scans PARTITION ID '20210726' FINAL"
