"""A database with a world in it, for all tests of this directory."""

from collections.abc import Callable, Iterator

import pytest

from deploy.local.clickhouse import EmbeddedClickHouse
from tests.deploy.daily_report.world import World, land, make_world
from tests.sinks.conftest import Database, migrated


@pytest.fixture(scope="package", name="world")
def _world() -> World:
    return make_world(7)


@pytest.fixture(scope="package", name="landed")
def _landed(clickhouse: EmbeddedClickHouse, unique_name: Callable[[str], str], world: World) -> Iterator[Database]:
    """Make a database and land the world; tests that add to it do so after all moments others ask of."""
    with migrated(clickhouse, unique_name("daily")) as database:
        land(database, world)
        yield database
