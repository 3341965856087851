"""A world that has landed in a database the tests of this directory share."""

from collections.abc import Iterator

import pytest

from tests.databases import Database, Databases
from tests.sinks.tracing.ask import Landed
from tests.sinks.tracing.world import empty, land_world, made


@pytest.fixture(scope="package", name="_tracing_database")
def _lent(databases: Databases) -> Iterator[Database]:
    with databases.lend() as database:
        yield database


@pytest.fixture(scope="module")
def landed(_tracing_database: Database) -> Landed:
    """Return a generated world, and the database that has it and nothing else."""
    empty(_tracing_database)
    world = made(20210601)
    land_world(_tracing_database, world)
    return Landed(_tracing_database, world)
