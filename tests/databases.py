"""Databases with all tables, lent to one test or module at a time: migrating takes longer than most tests."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from clickhouse_connect.driver.client import Client

from sinks.clickhouse_writer import connect
from sinks.config import SinkConfig
from sinks.migrate import migrate


@dataclass(frozen=True, slots=True)
class Database:
    """A migrated database of its own on the real engine."""

    client: Client
    name: str
    config: SinkConfig

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Return a query's answer; `{}` in it stands for this database."""
        found = self.client.query(query.replace("{}", f"`{self.name}`")).result_rows
        return [tuple(row) for row in found]

    def number(self, query: str) -> int:
        """Return the one number a query answers with."""
        return int(str(self.rows(query)[0][0]))


@dataclass(frozen=True, slots=True)
class Look:
    """What a database is like: definitions of tables, hashes of the rows of some, mutations.

    Any table or view that is made anew, or replaced, has another identity.
    """

    identities: Mapping[str, str]
    definitions: Mapping[str, str]
    hashes: Mapping[str, str]
    mutations: frozenset[str]

    def same_as(self, made: "Look") -> bool:
        """Tell whether nothing has changed since; mutations are forgotten when a table is emptied."""
        same = self.identities == made.identities and self.definitions == made.definitions
        return same and self.hashes == made.hashes and self.mutations <= made.mutations


class Databases:
    """Migrated databases on one server.

    One that comes back is emptied and lent again. It is dropped instead if its tables or views are others than
    migrations made, if what migrations put into them has changed, or if rows were deleted or changed in place: of
    that, ClickHouse keeps traces.
    """

    def __init__(self, url: str, *, new_name: Callable[[], str]) -> None:
        """Take the server's address and what makes up names of databases; make none yet."""
        self._url = url
        self._new_name = new_name
        self._free: list[str] = []
        self._looks: dict[str, Look] = {}

    @contextmanager
    def lend(self) -> Iterator[Database]:
        """Lend a database with all tables and no rows but those of migrations; it is nobody else's until the end."""
        name = self._free.pop() if self._free else self._new_name()
        config = SinkConfig(kafka="", clickhouse_url=self._url, clickhouse_database=name)
        with _client(config) as client:
            database = Database(client, name, config)
            if name not in self._looks:
                migrate(client, name)
                self._looks[name] = look(database, _filled(database))
            client.database = name
            yield database
        with _client(config) as client:  # the borrower may have done anything to theirs
            self._take_back(Database(client, name, config))

    def empty(self, database: Database) -> None:
        """Take away all rows of a database that is lent but those of migrations; it leaves no other traces."""
        for table in _filled(database) - self._looks[database.name].hashes.keys():
            database.client.command(f"TRUNCATE TABLE `{database.name}`.`{table}`")

    def _take_back(self, database: Database) -> None:
        made = self._looks[database.name]
        if look(database, made.hashes).same_as(made):
            self.empty(database)
            self._free.append(database.name)
        else:
            database.client.command(f"DROP DATABASE IF EXISTS `{database.name}`")


@contextmanager
def _client(config: SinkConfig) -> Iterator[Client]:
    client = connect(config)
    try:
        yield client
    finally:
        client.close()


def _filled(database: Database) -> set[str]:
    """Return the tables that have rows."""
    tables = database.rows(f"SELECT name FROM system.tables WHERE database = '{database.name}' AND total_rows > 0")  # noqa: S608 -- our name
    return {str(table) for (table,) in tables}


def look(database: Database, hashed: Collection[str]) -> Look:
    """Look at what emptying tables does not undo; of the tables `hashed` also at their rows."""
    of_this = f"database = '{database.name}'"
    identities = database.rows(f"SELECT name, uuid FROM system.tables WHERE {of_this}")  # noqa: S608 -- our name
    # Those of views are long, and take twenty times as long to ask for as identities.
    definitions = database.rows(
        f"SELECT name, create_table_query FROM system.tables WHERE {of_this} AND engine LIKE '%MergeTree'"  # noqa: S608 -- our name
    )
    mutations = database.rows(f"SELECT table || ' ' || mutation_id FROM system.mutations WHERE {of_this}")  # noqa: S608 -- our name
    return Look(
        identities=_texts(identities),
        definitions=_texts(definitions),
        hashes=_hashes(database, _texts(definitions).keys() & hashed),
        mutations=frozenset(str(mutation) for (mutation,) in mutations),
    )


def _texts(rows: Iterable[Sequence[object]]) -> dict[str, str]:
    return {str(name): str(text) for name, text in rows}


def _hashes(database: Database, tables: Collection[str]) -> dict[str, str]:
    asked = (f"SELECT '{table}', sum(cityHash64(*)) FROM {{}}.`{table}` FINAL" for table in tables)  # noqa: S608 -- our names
    return _texts(database.rows(" UNION ALL ".join(asked))) if tables else {}
