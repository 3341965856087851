"""Migrations make the tables the code writes, once."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import IntEnum
from typing import cast

import pyarrow as pa
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError
from clickhouse_connect.driver.query import QueryResult

from schemas import enums, report_enums
from schemas.admin_units import communes
from schemas.enums import clickhouse_enum
from schemas.kinds import FEEDS, Feed, avro_schema
from schemas.rows import REJECT_SCHEMA, row_schema
from sinks import migrate as migrate_module
from sinks.ledger import LEDGER_SCHEMA
from sinks.migrate import Migration, MigrationChanged, migrate, migrations
from sinks.reference import TABLES
from tests.sinks.conftest import Database

pytestmark = pytest.mark.integration

ENUMS: dict[str, type[IntEnum]] = {
    "category": enums.Category,
    "department": enums.Department,
    "verdict": enums.Verdict,
    "lateness": enums.Lateness,
    "reason": enums.Reason,
    "stage": enums.Stage,
    "regime": report_enums.Regime,
    "pass_status": enums.PassStatus,
    "identity_match": enums.IdentityMatch,
}
PLAIN = {
    pa.binary(16): "FixedString(16)",
    pa.binary(): "String",
    pa.string(): "String",
    pa.bool_(): "Bool",
    pa.float32(): "Float32",
    pa.timestamp("ms", "UTC"): "DateTime64(3, 'UTC')",
    pa.uint8(): "UInt8",
    pa.uint16(): "UInt16",
    pa.uint32(): "UInt32",
    pa.int8(): "Int8",
    pa.int16(): "Int16",
    pa.int32(): "Int32",
    pa.int64(): "Int64",
}


def clickhouse_type(field: pa.Field, feeds: Sequence[Feed] = ()) -> str:
    """Return the column type that takes an Arrow field without a cast: of rows of these feeds, or of an account."""
    if field.name == "feed":
        return clickhouse_enum({feed.name: feed.code for feed in feeds or FEEDS})
    if symbols := avro_enum(field.name, feeds):
        return symbols
    return clickhouse_enum(ENUMS[field.name]) if field.name in ENUMS else PLAIN[field.type]


def avro_enum(name: str, feeds: Sequence[Feed]) -> str:
    """Return the type of a field that is an enumeration in a feed's schema; empty if it is none."""
    for feed in feeds:
        for field in avro_schema(feed.avro)["fields"]:
            if field["name"] == name and isinstance(field["type"], dict) and field["type"]["type"] == "enum":
                return clickhouse_enum({symbol: code for code, symbol in enumerate(field["type"]["symbols"])})
    return ""


def columns(database: Database, table: str) -> dict[str, str]:
    """Return a table's stored columns and their types."""
    found = database.rows(
        f"SELECT name, type FROM system.columns WHERE database = '{database.name}' AND table = '{table}' "  # noqa: S608 -- our names
        "AND default_kind != 'ALIAS'"
    )
    return {str(name): str(type_) for name, type_ in found}


@pytest.mark.parametrize("table", sorted({feed.table for feed in FEEDS}))
def test_a_table_has_exactly_the_columns_of_its_feeds(database: Database, table: str) -> None:
    feeds = [feed for feed in FEEDS if feed.table == table]
    expected = {field.name: clickhouse_type(field, feeds) for feed in feeds for field in row_schema(feed)}
    assert columns(database, table) == expected


def test_dead_letters_has_exactly_the_columns_of_a_reject(database: Database) -> None:
    assert columns(database, "dead_letters") == {field.name: clickhouse_type(field) for field in REJECT_SCHEMA}


def test_the_ledger_has_the_columns_of_its_rows_and_when_they_were_written(database: Database) -> None:
    expected = {field.name: clickhouse_type(field) for field in LEDGER_SCHEMA}
    assert columns(database, "ledger") == expected | {"ts": "DateTime64(3, 'UTC')"}


@pytest.mark.parametrize("table", [table for tables in TABLES.values() for table in tables], ids=lambda it: it.name)
def test_a_reference_table_has_the_columns_that_are_written(database: Database, table: object) -> None:
    assert isinstance(table, type(next(iter(TABLES.values()))[0]))
    assert columns(database, table.name) == {field.name: clickhouse_type(field) for field in table.schema}


def test_migrating_again_changes_nothing(database: Database) -> None:
    assert migrate(database.client, database.name) == []
    assert database.number("SELECT count() FROM {}.schema_migrations") == len(migrations())


def test_an_interrupted_migration_is_done_again(database: Database) -> None:
    database.client.command(
        f"ALTER TABLE `{database.name}`.schema_migrations DELETE WHERE version > 1 SETTINGS mutations_sync = 1"
    )
    applied = migrate(database.client, database.name)
    assert [migration.version for migration in applied] == [it.version for it in migrations()[1:]]


def test_killed_anywhere_it_ends_with_the_same_tables(database: Database, unique_name: Callable[[str], str]) -> None:
    name = unique_name("killed")
    with pytest.raises(KeyboardInterrupt):
        migrate(cast("Client", _Dying(database.client, commands=150)), name)
    assert database.client.query("SELECT * FROM schema_migrations").result_rows == []
    assert migrate(database.client, name) == migrations()
    assert _definitions(database, name) == _definitions(database, database.name)
    database.client.command(f"DROP DATABASE `{name}`")


class _Dying:
    """A client whose process is killed after some commands."""

    def __init__(self, client: Client, *, commands: int) -> None:
        self._client = client
        self._left = commands

    @property
    def database(self) -> str | None:
        return self._client.database

    @database.setter
    def database(self, name: str) -> None:
        self._client.database = name

    def command(self, text: str) -> None:
        if not self._left:
            raise KeyboardInterrupt
        self._left -= 1
        self._client.command(text)

    def query(self, text: str) -> QueryResult:
        return self._client.query(text)

    def insert(self, *_arguments: object, **_settings: object) -> None:
        """Insert nothing: whoever was killed does not."""


def _definitions(database: Database, name: str) -> set[str]:
    found = database.rows(f"SELECT create_table_query FROM system.tables WHERE database = '{name}'")  # noqa: S608 -- our names
    return {str(definition).replace(name, "") for (definition,) in found}


def test_what_was_done_before_one_failed_is_recorded(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = Migration(9_001, "good", "SELECT 1"), Migration(9_002, "bad", "SELECT nonsense")
    monkeypatch.setattr(migrate_module, "migrations", lambda: [*migrations(), good, bad])
    with pytest.raises(DatabaseError, match="nonsense"):
        migrate(database.client, database.name)
    assert database.number("SELECT max(version) FROM {}.schema_migrations") == good.version


def test_a_migration_edited_afterwards_is_refused(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *rest = migrations()
    edited = [replace(first, sql=first.sql + "-- more\n"), *rest]
    monkeypatch.setattr(migrate_module, "migrations", lambda: edited)
    with pytest.raises(MigrationChanged, match="0001 scans"):
        migrate(database.client, database.name)


def test_statements_end_at_a_semicolon_at_the_end_of_a_line() -> None:
    migration = Migration(1, "x", "-- a;\nSELECT ';';\n  -- b;\nSELECT 2\n;\n")
    assert migration.statements == ["SELECT ';'", "SELECT 2"]


def test_every_commune_has_its_names(database: Database) -> None:
    assert database.number("SELECT count() FROM {}.admin_units FINAL") == len(communes())
    unit = communes()[0]
    found = database.rows(
        f"SELECT commune_name, district_name, province_name FROM {{}}.admin_units WHERE commune = {unit.code}"  # noqa: S608 -- our names
    )
    assert found == [(unit.name, unit.district, unit.province)]
