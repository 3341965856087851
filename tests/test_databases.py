"""Databases are lent as migrations made them, whatever the borrower before did."""

import pytest

from tests.databases import Database, Databases, look

pytestmark = pytest.mark.integration
_TABLES = "SELECT name, engine FROM system.tables WHERE database = currentDatabase() ORDER BY name"
_ROWS = "INSERT INTO scans (place_id) VALUES (1)"
#: Each leaves a trace that emptying tables does not take away.
_TRACES = (
    "INSERT INTO default_stays (category, stay_minutes) VALUES (1, 1)",
    "DELETE FROM scans WHERE place_id = 1",
    "CREATE OR REPLACE VIEW scans_in_force AS SELECT * FROM scans",
    "ALTER TABLE places ADD COLUMN more UInt8",
    "DROP TABLE ledger",
)


def _do(databases: Databases, *commands: str) -> str:
    """Borrow a database, do this to it, and return its name."""
    with databases.lend() as database:
        for command in commands:
            database.client.command(command)
        return database.name


def _as_made(database: Database) -> None:
    assert {"scans", "ledger", "scans_in_force"} <= {str(name) for name, _ in database.rows(_TABLES)}
    assert database.number("SELECT count() FROM scans") == 0
    assert database.number("SELECT count() FROM places") == 0
    assert database.number("SELECT count() FROM default_stays WHERE stay_minutes = 1") == 0


def test_the_next_one_finds_no_rows(databases: Databases) -> None:
    name = _do(databases, _ROWS, "INSERT INTO places (place_id) VALUES (1)")
    with databases.lend() as database:
        assert database.name == name
        _as_made(database)


def test_what_one_inserted_under_a_token_the_next_can_insert_again(databases: Databases) -> None:
    insert = "INSERT INTO scans (place_id) SETTINGS insert_deduplication_token = 'landing:0:0' VALUES (1)"
    name = _do(databases, insert, insert)
    with databases.lend() as database:
        assert database.name == name
        database.client.command(insert)
        database.client.command(insert)
        assert database.number("SELECT count() FROM scans") == 1


def test_two_at_the_same_time_have_a_database_each(databases: Databases) -> None:
    with databases.lend() as one, databases.lend() as other:
        one.client.command(_ROWS)
        _as_made(other)


def test_one_that_was_changed_is_not_lent_again(databases: Databases) -> None:
    with databases.lend() as changed:
        changed.client.command(_ROWS)
        for trace in _TRACES:
            before = look(changed, ["default_stays"])
            changed.client.command(trace)
            assert not look(changed, ["default_stays"]).same_as(before), trace
    with databases.lend() as database:
        assert database.name != changed.name
        _as_made(database)
    assert changed.name not in _names(databases)


def _names(databases: Databases) -> set[str]:
    with databases.lend() as database:
        return {str(name) for (name,) in database.rows("SELECT name FROM system.databases")}
