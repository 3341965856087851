"""A server of its own: the engine reads its users when it starts."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from deploy.access.door import application
from deploy.access.files import journal_of, register_of, write_embedded
from deploy.access.register import Register
from deploy.settings import Settings
from sinks.access.owner_views import read_as_owner
from sinks.clickhouse_writer import connect
from sinks.config import SinkConfig
from sinks.migrate import migrate
from tests.deploy.access.filled import fill
from tests.deploy.access.looking import Looking
from tests.deploy.access.world import DATABASE, PEOPLE
from tests.deploy.embedded.running import RunningServer

_AT = datetime(2021, 8, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Installation:
    """A running engine, the register its users come from, and their tokens by role."""

    settings: Settings
    server: RunningServer
    register: Register
    tokens: dict[str, str]


@pytest.fixture(scope="package")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Start an engine with a person of each role, and rows of four communes in every table."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("access"), clickhouse_database=DATABASE)
    register = register_of(settings)
    tokens = {role: _granted(register, role) for role in PEOPLE}
    write_embedded(settings, register.people().values())
    server = RunningServer(settings.data_dir)
    server.start()
    try:
        _migrate(server)
        fill(server)
        yield Installation(settings, server, register, tokens)
    finally:
        server.stop()


@pytest.fixture(scope="package")
def looking(installed: Installation) -> Looking:
    """Return what asks the engine as its users, without a door between."""
    passwords = {name: person.engine_password for name, person in installed.register.people().items()}
    return Looking(installed.server, passwords)


@pytest.fixture
async def door(installed: Installation) -> AsyncIterator[aiohttp.ClientSession]:
    """Open the door on a port of its own; give a client of it."""
    journal = journal_of(installed.settings)
    app = application(register=installed.register, journal=journal, engine_url=installed.server.url)
    async with TestServer(app) as server, aiohttp.ClientSession(base_url=server.make_url("/")) as session:
        yield session


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Return a data directory nothing is in."""
    return tmp_path / "data"


def _granted(register: Register, role: str) -> str:
    person = PEOPLE[role]
    scope = tuple("/".join(map(str, code)) if isinstance(code, tuple) else str(code) for code in person.scope)
    return register.grant(name=person.name, role=role, scope=scope, at=_AT)


def _migrate(server: RunningServer) -> None:
    client = connect(
        SinkConfig(
            kafka="",
            clickhouse_url=server.url,
            clickhouse_user=server.user,
            clickhouse_password=server.password,
            clickhouse_database=DATABASE,
        )
    )
    migrate(client, DATABASE)
    read_as_owner(client)
    client.close()
