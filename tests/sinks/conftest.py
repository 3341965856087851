"""Fixtures of the sinks' tests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from clickhouse_connect.driver.client import Client

from deploy.local.clickhouse import EmbeddedClickHouse
from sinks.clickhouse_writer import ClickHouseWriter, connect
from sinks.config import SinkConfig
from sinks.memory_writer import MemoryWriter
from sinks.migrate import migrate
from sinks.writer import Writer


@dataclass(frozen=True, slots=True)
class Database:
    """A migrated database of its own on the real engine."""

    client: Client
    name: str
    config: SinkConfig

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Return a query's answer; `{}` in it stands for this database."""
        found = self.client.query(query.replace("{}", f"`{self.name}`")).result_rows
        return [tuple(row) for row in found]

    def number(self, query: str) -> int:
        """Return the one number a query answers with."""
        return int(str(self.rows(query)[0][0]))


@contextmanager
def migrated(clickhouse: EmbeddedClickHouse, name: str) -> Iterator[Database]:
    """Make a database with all tables, and drop it afterwards."""
    config = SinkConfig(kafka="", clickhouse_url=clickhouse.url, clickhouse_database=name)
    client = connect(config)
    migrate(client, name)
    yield Database(client, name, config)
    client.command(f"DROP DATABASE `{name}`")
    client.close()


@pytest.fixture
def database(clickhouse: EmbeddedClickHouse, unique_name: Callable[[str], str]) -> Iterator[Database]:
    """Make a database with all tables, and drop it afterwards."""
    with migrated(clickhouse, unique_name("sinks")) as database:
        yield database


@pytest.fixture(scope="module", name="_shared_database")
def _shared(clickhouse: EmbeddedClickHouse, unique_name: Callable[[str], str]) -> Iterator[Database]:
    with migrated(clickhouse, unique_name("sinks_shared")) as database:
        yield database


@pytest.fixture
def scans_database(_shared_database: Database) -> Database:
    """Return the module's database, emptied of scans and corrections: migrating takes longer than most tests."""
    for table in ("scans", "corrections"):
        _shared_database.client.command(f"TRUNCATE TABLE `{_shared_database.name}`.{table}")
    return _shared_database


@pytest.fixture(params=["memory", pytest.param("clickhouse", marks=pytest.mark.integration)])
def writer(request: pytest.FixtureRequest) -> Writer:
    """Return each implementation of `Writer` in turn, empty."""
    if request.param == "memory":
        return MemoryWriter()
    database: Database = request.getfixturevalue("database")
    return ClickHouseWriter(database.client, database.name)
