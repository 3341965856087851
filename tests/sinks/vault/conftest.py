"""One database for all tests of the vault: each takes people nobody else has."""

import secrets
from collections.abc import Iterator

import pytest

from sinks.vault.clickhouse_store import ClickHouseVaultStore
from sinks.vault.memory_store import MemoryVaultStore
from sinks.vault.store import VaultStore
from tests.databases import Database, Databases


@pytest.fixture(scope="package")
def vault_database(databases: Databases) -> Iterator[Database]:
    """Lend a database with all tables to these tests."""
    with databases.lend() as database:
        yield database


@pytest.fixture(params=["memory", pytest.param("clickhouse", marks=pytest.mark.integration)])
def store(request: pytest.FixtureRequest) -> VaultStore:
    """Return each implementation of `VaultStore` in turn."""
    if request.param == "memory":
        return MemoryVaultStore()
    database: Database = request.getfixturevalue("vault_database")
    return ClickHouseVaultStore(database.client)


@pytest.fixture
def one() -> bytes:
    """Return a subject of this test only, with bytes that are no UTF-8 and some that mean something in SQL."""
    return b"\xff'\\\0" + secrets.token_bytes(12)


@pytest.fixture
def other() -> bytes:
    """Return another such subject."""
    return b"\x80\n\t%" + secrets.token_bytes(12)
