"""A database with a world in it, for all tests of this directory."""

from collections.abc import Callable, Iterator

import pytest

from deploy.local.clickhouse import EmbeddedClickHouse
from sinks.clickhouse_writer import connect
from sinks.config import SinkConfig
from sinks.migrate import migrate
from tests.deploy.daily_report.world import World, land, make_world
from tests.sinks.conftest import Database


@pytest.fixture(scope="package", name="world")
def _world() -> World:
    return make_world(7)


@pytest.fixture(scope="package", name="landed")
def _landed(clickhouse: EmbeddedClickHouse, unique_name: Callable[[str], str], world: World) -> Iterator[Database]:
    """Make a database and land the world; tests that add to it do so after all moments others ask of."""
    config = SinkConfig(kafka="", clickhouse_url=clickhouse.url, clickhouse_database=unique_name("daily"))
    client = connect(config)
    migrate(client, config.clickhouse_database)
    database = Database(client, config.clickhouse_database, config)
    land(database, world)
    yield database
    client.command(f"DROP DATABASE `{config.clickhouse_database}`")
    client.close()
