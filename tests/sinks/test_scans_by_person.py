"""One person's scans are found without reading all, whatever was merged, repeated or deleted."""
# ruff: noqa: S608 -- names and numbers of these tests only

from collections.abc import Callable

import pytest

from schemas.landing import encode_block
from sinks.clickhouse_writer import ClickHouseWriter
from sinks.writer import Insert
from tests.sinks.conftest import Database
from tests.sinks.landing_log import NOON_MS, Event, rows_table

pytestmark = pytest.mark.integration
_PEOPLE, _BLOCKS = 400, 4
_ALWAYS = " SETTINGS min_table_rows_to_use_projection_index = 0"
_NEVER = " SETTINGS optimize_use_projections = 0"
_SCANS_OF = (
    "SELECT _offset FROM {}.scans WHERE subject IN (SELECT subject FROM {}.scans WHERE _offset = 7) ORDER BY _offset"
)


def _land(database: Database, block: int, token: str) -> None:
    """Insert a block as the sink does: the same one again is the same rows under the same token."""
    events = [
        Event(offset=block * _PEOPLE + person, person=person, place=1 + person % 9, time_ms=NOON_MS + block)
        for person in range(_PEOPLE)
    ]
    inserted = Insert(table="scans", block=encode_block(rows_table(events)), token=f"{token}:{block}")
    ClickHouseWriter(database.client, database.name).insert(inserted)


def _merge(database: Database) -> None:
    database.client.command(f"OPTIMIZE TABLE `{database.name}`.scans FINAL")


def _indexed(database: Database) -> int:
    return database.number(
        "SELECT sum(rows) FROM system.projection_parts WHERE active AND table = 'scans' AND name = 'by_person' "
        f"AND database = '{database.name}'"
    )


@pytest.fixture
def landed(scans_database: Database, unique_name: Callable[[str], str]) -> Database:
    """Return a database with three merged blocks, one of them landed twice, and a fresh one; all have everybody."""
    token = unique_name("token")
    for block in (0, 1, 2, 1):
        _land(scans_database, block, token)
    _merge(scans_database)
    _land(scans_database, 3, token)
    return scans_database


def test_it_has_each_row_once(landed: Database) -> None:
    assert _indexed(landed) == _BLOCKS * _PEOPLE
    _merge(landed)
    assert _indexed(landed) == _BLOCKS * _PEOPLE
    assert landed.number("SELECT count() FROM {}.scans") == _BLOCKS * _PEOPLE


def test_what_landed_before_the_migration_gets_it(landed: Database) -> None:
    command = f"ALTER TABLE `{landed.name}`.scans {{}} PROJECTION by_person"
    landed.client.command(command.format("CLEAR"), settings={"mutations_sync": 1})
    assert _indexed(landed) == 0
    landed.client.command(command.format("MATERIALIZE"), settings={"mutations_sync": 1})
    assert _indexed(landed) == _BLOCKS * _PEOPLE


def test_a_persons_scans_are_the_same_with_it_and_without(landed: Database) -> None:
    found = landed.rows(_SCANS_OF + _ALWAYS)
    assert found == landed.rows(_SCANS_OF + _NEVER) == [(7 + block * _PEOPLE,) for block in range(_BLOCKS)]


@pytest.mark.parametrize("condition", ["subject = {subject}", "subject IN ({subject})"])
def test_it_is_what_answers_where_there_is_much_to_read(scans_database: Database, condition: str) -> None:
    scans_database.client.command(
        f"INSERT INTO `{scans_database.name}`.scans (subject, place_id, event_time, logged_at) "
        "SELECT sipHash128(number), number % 5, now(), now() FROM numbers(60000)"
    )
    asked = condition.format(subject="sipHash128(toUInt64(7))")
    plan = scans_database.rows(f"EXPLAIN projections = 1 SELECT place_id FROM {{}}.scans WHERE {asked}" + _ALWAYS)
    assert any("by_person" in str(line) for (line,) in plan), plan


def test_deleted_rows_are_gone_from_it(landed: Database) -> None:
    delete = f"ALTER TABLE `{landed.name}`.scans DELETE WHERE _offset = {7 + _PEOPLE}"
    landed.client.command(delete, settings={"mutations_sync": 1})
    found = landed.rows(_SCANS_OF + _ALWAYS)
    assert found == landed.rows(_SCANS_OF + _NEVER) == [(7 + block * _PEOPLE,) for block in (0, 2, 3)]
