"""Fixtures of the sinks' tests."""

from collections.abc import Iterator

import pytest

from sinks.clickhouse_writer import ClickHouseWriter
from sinks.memory_writer import MemoryWriter
from sinks.writer import Writer
from tests.databases import Database, Databases

__all__ = ["Database"]


@pytest.fixture
def database(databases: Databases) -> Iterator[Database]:
    """Lend a database with all tables."""
    with databases.lend() as database:
        yield database


@pytest.fixture(scope="module", name="_shared_database")
def _shared(databases: Databases) -> Iterator[Database]:
    with databases.lend() as database:
        yield database


@pytest.fixture
def scans_database(_shared_database: Database, databases: Databases) -> Database:
    """Return the module's database, emptied: that is quicker than lending one to each test."""
    databases.empty(_shared_database)
    return _shared_database


@pytest.fixture(params=["memory", pytest.param("clickhouse", marks=pytest.mark.integration)])
def writer(request: pytest.FixtureRequest) -> Writer:
    """Return each implementation of `Writer` in turn, empty."""
    if request.param == "memory":
        return MemoryWriter()
    database: Database = request.getfixturevalue("database")
    return ClickHouseWriter(database.client, database.name)
