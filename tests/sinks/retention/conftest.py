"""A database that the tests of this directory share, empty of what they land."""

from collections.abc import Callable, Iterator

import pytest

from deploy.local.clickhouse import EmbeddedClickHouse
from sinks.retention.classes import CLASSES
from tests.sinks.conftest import Database, migrated

_KEPT = {"schema_migrations", "admin_units", "default_stays"}


@pytest.fixture(scope="package", name="_retention_database")
def _migrated(clickhouse: EmbeddedClickHouse, unique_name: Callable[[str], str]) -> Iterator[Database]:
    with migrated(clickhouse, unique_name("retention")) as database:
        yield database


@pytest.fixture
def landed(_retention_database: Database) -> Database:
    """Return the shared database with no rows but those of migrations."""
    database = _retention_database
    filled = database.rows(
        f"SELECT name FROM system.tables WHERE total_rows > 0 AND database = '{database.name}'"  # noqa: S608 -- our names
    )
    for (table,) in filled:
        if table in {it.table for it in CLASSES} - _KEPT:
            database.client.command(f"TRUNCATE TABLE `{database.name}`.`{table}`")
    return database
