"""Versioned migrations: numbered SQL files, applied in order, each recorded once done."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib.resources import files

from clickhouse_connect.driver.client import Client

from schemas.admin_units import communes
from schemas.enums import Reason, clickhouse_enum
from schemas.kinds import FEEDS
from sinks.cluster.render import Renderer
from sinks.migration_parts import with_parts

_ACCOUNTS = ("dead_letter_log", "dead_letter_replays", "ledger")
_ADMIN_COLUMNS = ("commune", "commune_name", "district", "district_name", "province", "province_name")


class MigrationChanged(Exception):
    """A migration that was applied differs from the file of its number: the file was edited after the fact."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered SQL file; its statements are separated by a semicolon at the end of a line."""

    version: int
    name: str
    sql: str = field(repr=False)

    @property
    def statements(self) -> list[str]:
        """Return the statements, without comments on lines of their own."""
        code = "\n".join(line for line in self.sql.splitlines() if not line.lstrip().startswith("--"))
        parts = (part.strip().removesuffix(";") for part in f"{code}\n".split(";\n"))
        return [part for part in parts if part]

    @property
    def checksum(self) -> str:
        """Return what tells an edited file from the one that was applied."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations() -> list[Migration]:
    """Return all migrations shipped, in order."""
    sources = (entry for entry in (files("sinks") / "migrations").iterdir() if entry.name.endswith(".sql"))
    found = [Migration(int(it.name[:4]), it.name[5:-4], with_parts(it.read_text("utf-8"))) for it in sources]
    return sorted(found, key=lambda migration: migration.version)


#: Returns the statements that do what one does on a single server.
Render = Callable[[str], list[str]]
_SCHEMA_MIGRATIONS = (
    "CREATE TABLE IF NOT EXISTS schema_migrations (version UInt32, name String, checksum String, "
    "applied_at DateTime64(3, 'UTC') DEFAULT now64(3)) ENGINE = ReplacingMergeTree(applied_at) ORDER BY version"
)


def migrate(client: Client, database: str, *, cluster: str = "") -> list[Migration]:
    """Bring `database` to the newest version and return what was applied, in order.

    Makes the database if it isn't there. Safe to repeat, to interrupt and to run from two processes at once: every
    statement can run twice, also after those that follow it. What was done is recorded together, at the end or when
    one fails (one by one took a quarter of a first start's time); what is killed before is done again from where it
    began. Afterwards the client's database is `database`. With a `cluster` the same files make sharded and replicated
    tables on all its nodes (`sinks.cluster.render`). Raises MigrationChanged, CannotRender, and the client's
    exceptions.
    """
    render: Render = Renderer(cluster).render if cluster else lambda statement: [statement]
    _command(client, render(f"CREATE DATABASE IF NOT EXISTS `{database}`"))
    client.database = database
    _command(client, render(_SCHEMA_MIGRATIONS))
    found = client.query("SELECT version, checksum FROM schema_migrations FINAL").result_rows
    done = {int(version): str(checksum) for version, checksum in found}
    # Also what is done is rendered: later statements go by the tables that are there.
    rendered = [(it, [text for one in it.statements for text in render(one)]) for it in migrations()]
    new = [(migration, statements) for migration, statements in rendered if not _is_done(migration, done)]
    _apply(client, new)
    _name_kinds(client, render)
    _name_admin_units(client)
    return [migration for migration, _ in new]


def _command(client: Client, statements: Iterable[str]) -> None:
    for statement in statements:
        client.command(statement)


def _is_done(migration: Migration, done: dict[int, str]) -> bool:
    checksum = done.get(migration.version)
    if checksum not in (None, migration.checksum):
        raise MigrationChanged(
            f"Migration {migration.version:04} {migration.name} was applied in another form; undo the change to its "
            "file and put it into a new one."
        )
    return checksum is not None


def _apply(client: Client, new: Iterable[tuple[Migration, Iterable[str]]]) -> None:
    done: list[list[int | str]] = []
    try:
        for migration, statements in new:
            _command(client, statements)
            done.append([migration.version, migration.name, migration.checksum])
    finally:
        if done:
            client.insert("schema_migrations", done, column_names=["version", "name", "checksum"])


def _name_kinds(client: Client, render: Render) -> None:
    """Teach the accounts' tables the names of all feeds and reasons, and make the view over them anew."""
    wanted = {"feed": clickhouse_enum({feed.name: feed.code for feed in FEEDS}), "reason": clickhouse_enum(Reason)}
    found = client.query(
        "SELECT table, name, type FROM system.columns WHERE database = currentDatabase() "
        "AND table IN {accounts:Array(String)} AND name IN ('feed', 'reason')",
        parameters={"accounts": list(_ACCOUNTS)},
    ).result_rows
    changed = [(table, name) for table, name, type_ in found if type_ != wanted[name]]
    for table, name in changed:
        _command(client, render(f"ALTER TABLE {table} MODIFY COLUMN {name} {wanted[name]}"))
    if changed:
        _command(client, render("CREATE OR REPLACE VIEW dead_letters AS SELECT * FROM dead_letter_log FINAL"))


def _name_admin_units(client: Client) -> None:
    units = communes()
    if client.command("SELECT uniqExact(commune) FROM admin_units") == len(units):
        return
    rows = [
        [unit.code, unit.name, unit.district_code, unit.district, unit.province_code, unit.province] for unit in units
    ]
    client.insert("admin_units", rows, column_names=_ADMIN_COLUMNS)
