"""The embedded server with a named user, started once; its clients; a database for each test."""

import uuid
from collections.abc import AsyncIterator, Iterator

import clickhouse_connect
import pytest
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.client import Client

from deploy.local.ports import LOOPBACK
from tests.deploy.embedded.running import RunningServer


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Start one server for the tests of this folder; none of them may stop it."""
    running = RunningServer(tmp_path_factory.mktemp("embedded"))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def database(server: RunningServer) -> Iterator[str]:
    """Create a database of its own for one test."""
    name = f"test_{uuid.uuid4().hex[:10]}"
    server.query(f"CREATE DATABASE {name}")
    yield name
    server.query(f"DROP DATABASE {name} SYNC")


@pytest.fixture
def client(server: RunningServer, database: str) -> Iterator[Client]:
    """Connect clickhouse-connect's synchronous client to the test's database."""
    connected = clickhouse_connect.get_client(
        host=LOOPBACK, port=server.port, username=server.user, password=server.password, database=database
    )
    yield connected
    connected.close()


@pytest.fixture
async def async_client(server: RunningServer, database: str) -> AsyncIterator[AsyncClient]:
    """Connect clickhouse-connect's asynchronous client to the test's database."""
    connected = await clickhouse_connect.get_async_client(
        host=LOOPBACK, port=server.port, username=server.user, password=server.password, database=database
    )
    yield connected
    await connected.close()
