"""What is written for an engine from the register: users of the embedded one, and a directory for a real server."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from deploy.access.journal import Journal
from deploy.access.register import Person, Register, private_file
from deploy.local.layout import clickhouse_directory
from deploy.settings import Settings, variable
from deploy.user_error import UserError
from sinks.access.server_xml import access_control
from sinks.access.users_xml import users_xml

_NAME = "scanstream.xml"


def register_of(settings: Settings) -> Register:
    """Return the register in the data directory; nobody in it has the administrator's name."""
    return Register(settings.data_dir / "access.json", reserved=settings.clickhouse_user)


def journal_of(settings: Settings) -> Journal:
    """Return the journal in the data directory."""
    return Journal(settings.data_dir / "access.log", now=lambda: datetime.now(UTC))


def write_embedded(settings: Settings, people: Iterable[Person]) -> None:
    """Tell the embedded engine who its users are; it begins anew when it sees the change. Raises UserError."""
    path = clickhouse_directory(settings.data_dir) / "users.d" / _NAME
    logins = [person.engine_login for person in people]
    private_file(path, users_xml(logins, database=_checked(settings.clickhouse_database)))


def write_export(directory: Path, people: Iterable[Person], *, database: str) -> list[Path]:
    """Write what a real server needs into a directory and return the files; raise UserError where that can't be done.

    The file for users.d has no hash in it: the server takes each from its environment, for which the last file is.
    """
    chosen = list(people)
    logins = [replace(person.login, password_sha256=f"${_variable(person)}") for person in chosen]
    hashes = "".join(f"{_variable(person)}={person.token_sha256}\n" for person in chosen)
    texts = {
        directory / "users.d" / _NAME: users_xml(logins, database=_checked(database)),
        directory / "config.d" / _NAME: f"<clickhouse>{access_control()}</clickhouse>\n",
        directory / "passwords.env": hashes,
    }
    for path, text in texts.items():
        private_file(path, text)
    return list(texts)


def _checked(database: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", database):
        raise UserError(
            f"The database {database!r} must be letters, digits and _; correct {variable('clickhouse_database')}."
        )
    return database


def _variable(person: Person) -> str:
    return f"ACCESS_{person.name.upper()}_SHA256"
