"""A database that the tests of this directory share: that is quicker than lending one to each."""

from collections.abc import Iterator

import pytest

from tests.databases import Database, Databases


@pytest.fixture(scope="package", name="_reports_database")
def _lent(databases: Databases) -> Iterator[Database]:
    with databases.lend() as database:
        yield database


@pytest.fixture
def reports(_reports_database: Database, databases: Databases) -> Database:
    """Return the shared database with no rows but those of migrations."""
    databases.empty(_reports_database)
    return _reports_database
