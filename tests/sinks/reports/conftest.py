"""A database that the tests of this directory share: migrating takes longer than most of them."""

from collections.abc import Callable, Iterator

import pytest
from clickhouse_connect.driver.client import Client

from deploy.local.clickhouse import EmbeddedClickHouse
from schemas.kinds import FEEDS
from sinks.clickhouse_writer import connect
from sinks.config import SinkConfig
from sinks.migrate import migrate
from tests.sinks.conftest import Database

_TABLES = sorted({feed.table for feed in FEEDS} | {"places", "areas", "area_risk"})


@pytest.fixture(scope="package", name="_reports_database")
def _migrated(clickhouse: EmbeddedClickHouse, unique_name: Callable[[str], str]) -> Iterator[Database]:
    name = unique_name("reports")
    config = SinkConfig(kafka="", clickhouse_url=clickhouse.url, clickhouse_database=name)
    client: Client = connect(config)
    migrate(client, name)
    yield Database(client, name, config)
    client.command(f"DROP DATABASE `{name}`")
    client.close()


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
