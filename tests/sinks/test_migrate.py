"""Migrations make the tables the code writes, once."""

from dataclasses import replace
from enum import IntEnum

import pyarrow as pa
import pytest

from schemas import enums
from schemas.admin_units import communes
from schemas.enums import clickhouse_enum
from schemas.kinds import FEEDS
from schemas.rows import REJECT_SCHEMA, row_schema
from sinks import migrate as migrate_module
from sinks.ledger import LEDGER_SCHEMA
from sinks.migrate import Migration, MigrationChanged, migrate, migrations
from sinks.reference import TABLES
from tests.sinks.conftest import Database

pytestmark = pytest.mark.integration

FEED_ENUM = "Enum8(" + ", ".join(f"'{feed.name}' = {feed.code}" for feed in FEEDS) + ")"
ENUMS: dict[str, type[IntEnum]] = {
    "token_kind": enums.TokenKind,
    "direction": enums.Direction,
    "credential": enums.Credential,
    "scan_mode": enums.ScanMode,
    "capture_mode": enums.CaptureMode,
    "source_app": enums.SourceApp,
    "decision": enums.Decision,
    "decision_reason": enums.DecisionReason,
    "category": enums.Category,
    "department": enums.Department,
    "verdict": enums.Verdict,
    "lateness": enums.Lateness,
    "reason": enums.Reason,
    "stage": enums.Stage,
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
    pa.int16(): "Int16",
    pa.int32(): "Int32",
    pa.int64(): "Int64",
}


def clickhouse_type(field: pa.Field) -> str:
    """Return the column type that takes an Arrow field without a cast."""
    if field.name == "feed":
        return FEED_ENUM
    if field.type == pa.int8():
        return clickhouse_enum(ENUMS[field.name])
    return PLAIN[field.type]


def columns(database: Database, table: str) -> dict[str, str]:
    """Return a table's stored columns and their types."""
    found = database.rows(
        f"SELECT name, type FROM system.columns WHERE database = '{database.name}' AND table = '{table}' "  # noqa: S608 -- our names
        "AND default_kind != 'ALIAS'"
    )
    return {str(name): str(type_) for name, type_ in found}


def test_scans_has_exactly_the_columns_of_all_feeds(database: Database) -> None:
    expected = {field.name: clickhouse_type(field) for feed in FEEDS for field in row_schema(feed)}
    assert columns(database, "scans") == expected


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


def test_a_migration_edited_afterwards_is_refused(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *rest = migrations()
    edited = [replace(first, sql=first.sql + "-- more\n"), *rest]
    monkeypatch.setattr(migrate_module, "migrations", lambda: edited)
    with pytest.raises(MigrationChanged, match="0001 scans"):
        migrate(database.client, database.name)


def test_statements_end_at_a_semicolon_at_the_end_of_a_line() -> None:
    migration = Migration(1, "x", "-- a; b\nSELECT ';';\nSELECT 2\n;\n")
    assert migration.statements == ["-- a; b\nSELECT ';'", "SELECT 2"]


def test_every_commune_has_its_names(database: Database) -> None:
    assert database.number("SELECT count() FROM {}.admin_units FINAL") == len(communes())
    unit = communes()[0]
    found = database.rows(
        f"SELECT commune_name, district_name, province_name FROM {{}}.admin_units WHERE commune = {unit.code}"  # noqa: S608 -- our names
    )
    assert found == [(unit.name, unit.district, unit.province)]
