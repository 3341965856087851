"""One database for all tests of the vault: each takes people nobody else has."""

import secrets
from collections.abc import Callable, Iterator

import pytest

from deploy.local.clickhouse import EmbeddedClickHouse
from sinks.vault.clickhouse_store import ClickHouseVaultStore
from sinks.vault.memory_store import MemoryVaultStore
from sinks.vault.store import VaultStore
from tests.sinks.conftest import Database, migrated


@pytest.fixture(scope="session")
def vault_database(clickhouse: EmbeddedClickHouse, unique_name: Callable[[str], str]) -> Iterator[Database]:
    """Make a database with all tables for these tests, and drop it afterwards."""
    with migrated(clickhouse, unique_name("vault")) as database:
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
