"""Make the file of a register of the population: pseudonyms of a table of documents."""

import os
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from deploy.tables.row import Row, Table
from deploy.user_error import UserError
from schemas.entered import digits_missing, whole_number
from schemas.enums import TokenKind
from schemas.key_ring import KeyRing
from schemas.population_file import Register, register_of, write
from schemas.pseudonym import PseudonymKey
from schemas.rotation import live

_COLUMNS = {"kind", "number"}
_TOLD_EVERY = 100_000


def read_register(table: Table, ring: KeyRing, *, now: datetime, on_lines: Callable[[int], object]) -> Register:
    """Return the register of a table with the columns kind, number and, where people have several documents, person.

    Lines with the same text in `person` are one person's; a line without any is a person of its own. Each document gets
    the pseudonym by the current key and by each older one that is still live. `on_lines` hears the number of lines now
    and then. Raises UserError for the first wrong line, without what is in it, and for a document of two people.
    """
    if missing := _COLUMNS - table.columns:
        raise UserError(f"Nothing was built: the first line must name the columns {', '.join(sorted(missing))}, too.")
    keys = [PseudonymKey(secret.version, secret.value) for secret in (*live(ring, now=now), ring.current)]
    people: dict[str, list[bytes]] = {}
    for count, row in enumerate(table.rows, start=1):
        person = row.text("person")
        people.setdefault(f"p{person}" if person else f"l{row.line}", []).extend(_pseudonyms(row, keys))
        if count % _TOLD_EVERY == 0:
            on_lines(count)
    if not people:
        raise UserError("Nothing was built: the file has no lines.")
    try:
        return register_of(people.values())
    except ValueError as problem:
        raise UserError(f"Nothing was built: {problem}; give both lines the same `person`.") from None


def _pseudonyms(row: Row, keys: Iterable[PseudonymKey]) -> list[bytes]:
    kind, number = row.text("kind").upper(), row.text("number")
    if kind not in TokenKind.__members__ or kind == TokenKind.ANON.name:
        known = ", ".join(kind.name for kind in TokenKind if kind is not TokenKind.ANON)
        raise UserError(f"Nothing was built: line {row.line}: kind must be one of {known}.")
    if "*" in number:
        raise UserError(f"Nothing was built: line {row.line}: number is masked; give the whole one.")
    token_kind = TokenKind[kind]
    if number and (digits := digits_missing(token_kind, whole_number(token_kind, number))):
        raise UserError(f"Nothing was built: line {row.line}: number must have {digits} digits; format it as text.")
    try:
        return [key.subject(kind=token_kind, identity=number) for key in keys]
    except ValueError:
        raise UserError(f"Nothing was built: line {row.line}: number is empty.") from None


def write_register(path: Path, register: Register) -> None:
    """Write a register as a whole, readable by its owner only; workers that have the old one mapped keep that."""
    aside = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            write(file, register)
        aside.replace(path)
    except OSError as problem:
        aside.unlink(missing_ok=True)
        raise UserError(f"{path} can't be written ({problem.strerror}); choose another place.") from None
