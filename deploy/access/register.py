"""The register of people who may query ClickHouse: a file that only its owner may read."""

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from deploy.access.scope import parse_scope
from deploy.user_error import UserError
from sinks.access.roles import ROLES
from sinks.access.users_xml import Login

_NAME = re.compile(r"[a-z][a-z0-9_]{1,31}", re.ASCII)
_RESERVED = frozenset({"default"})
_NO_HASH = "0" * 64
_THIS_MACHINE = ("127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a role. `engine_password` is what the door shows the embedded engine; the person never has it."""

    name: str
    role: str
    scope: tuple[str, ...]
    granted_at: str
    token_sha256: str = field(repr=False)
    engine_password: str = field(repr=False)

    @property
    def engine_login(self) -> Login:
        """Return the person's user in the embedded engine."""
        hashed = hashlib.sha256(self.engine_password.encode()).hexdigest()
        return replace(self.login, password_sha256=hashed, networks=_THIS_MACHINE)

    @property
    def login(self) -> Login:
        """Return the person's user in a server they log in to themselves."""
        role = ROLES[self.role]
        return Login(name=self.name, role=role, scope=parse_scope(role, self.scope), password_sha256=self.token_sha256)


class Register:
    """The people in a file, which need not exist yet; every method reads it anew. One process at a time changes it."""

    def __init__(self, path: Path, *, reserved: str = "") -> None:
        """Take the file, and a name nobody in it may have: the engine would take them for that user."""
        self._path, self._reserved = path, {*_RESERVED, reserved}

    def people(self) -> Mapping[str, Person]:
        """Return who is in it, by name; raise UserError for a file that is malformed or that others may read."""
        try:
            if self._path.stat().st_mode & 0o077:
                raise UserError(f"Others may read {self._path}; make it private: chmod go-rwx {self._path}")
            content = json.loads(self._path.read_text("utf-8"))
            found = [Person(**(about | {"scope": tuple(about["scope"])})) for about in content["people"]]
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, KeyError) as problem:
            raise UserError(f"The register of people {self._path} can't be used ({problem}).") from None
        if taken := sorted(self._reserved & {person.name for person in found}):
            raise UserError(
                f"{taken[0]} is a user of ClickHouse's own and in {self._path}; choose another administrator."
            )
        return {person.name: person for person in found}

    def who(self, name: str, token: str) -> Person | None:
        """Return whose token it is, or None; unknown and wrong take the same time."""
        person = self.people().get(name)
        shown = hashlib.sha256(token.encode()).hexdigest()
        fits = hmac.compare_digest(shown, person.token_sha256 if person else _NO_HASH)
        return person if fits else None

    def grant(self, *, name: str, role: str, scope: tuple[str, ...], at: datetime) -> str:
        """Add somebody and return their token, which is kept nowhere; raise UserError for a wrong name or scope."""
        if not _NAME.fullmatch(name) or name in self._reserved or name.startswith("scanstream"):
            raise UserError(f"{name!r} is no name for a person; take 2 to 32 small letters, digits and _, another one.")
        parse_scope(ROLES[role], scope)
        token = secrets.token_urlsafe(32)
        person = Person(
            name=name,
            role=role,
            scope=scope,
            granted_at=at.isoformat(timespec="seconds"),
            token_sha256=hashlib.sha256(token.encode()).hexdigest(),
            engine_password=secrets.token_urlsafe(32),
        )
        with self._changed() as people:
            if name in people:
                raise UserError(f"{name} has access already; take it away first: scanstream access revoke {name}")
            people[name] = person
        return token

    def revoke(self, name: str) -> None:
        """Take somebody out; raise UserError if they are not in it."""
        with self._changed() as people:
            if people.pop(name, None) is None:
                raise UserError(f"Nobody called {name} has access; see scanstream access list.")

    @contextmanager
    def _changed(self) -> Iterator[dict[str, Person]]:
        people = dict(self.people())
        yield people
        content: dict[str, Any] = {"people": [asdict(person) for person in people.values()]}
        private_file(self._path, json.dumps(content, indent=2))


def private_file(path: Path, text: str) -> None:
    """Write a file only its owner may read, at once or not at all; raise UserError where that can't be done."""
    beside = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        beside.replace(path)
    except OSError as problem:
        raise UserError(f"The file {path} can't be written ({problem.strerror}).") from problem
