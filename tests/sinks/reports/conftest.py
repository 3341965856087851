"""A database that the tests of this directory share: migrating takes longer than most of them."""

from collections.abc import Callable, Iterator

import pytest

from deploy.local.clickhouse import EmbeddedClickHouse
from schemas.kinds import FEEDS
from tests.sinks.conftest import Database, migrated

_TABLES = sorted({feed.table for feed in FEEDS} | {"places", "areas", "area_risk"})


@pytest.fixture(scope="package", name="_reports_database")
def _migrated(clickhouse: EmbeddedClickHouse, unique_name: Callable[[str], str]) -> Iterator[Database]:
    with migrated(clickhouse, unique_name("reports")) as database:
        yield database


@pytest.fixture
def reports(_reports_database: Database) -> Database:
    """Return the shared database with all tables empty but those of administrative units."""
    filled = _reports_database.rows(
        "SELECT name FROM system.tables WHERE total_rows > 0 AND database = "  # noqa: S608 -- our names
        f"'{_reports_database.name}' AND name IN {tuple(_TABLES)}"
    )
    for (table,) in filled:
        _reports_database.client.command(f"TRUNCATE TABLE `{_reports_database.name}`.{table}")
    return _reports_database
