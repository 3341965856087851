"""A database with a world in it, for all tests of this directory."""

from collections.abc import Iterator

import pytest

from tests.databases import Database, Databases
from tests.deploy.daily_report.world import World, land, make_world


@pytest.fixture(scope="package", name="world")
def _world() -> World:
    return make_world(7)


@pytest.fixture(scope="package", name="landed")
def _landed(databases: Databases, world: World) -> Iterator[Database]:
    """Land the world in a database; tests that add to it do so after all moments others ask of."""
    with databases.lend() as database:
        land(database, world)
        yield database
