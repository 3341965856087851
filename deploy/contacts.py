"""A CSV file of people's contact details, for sealing."""

import csv
from collections.abc import Iterable, Mapping
from typing import TextIO

from deploy.user_error import UserError
from schemas.entered import digits_missing, whole_number
from schemas.enums import TokenKind
from schemas.pseudonym import PseudonymKey
from schemas.vault import Contact, Details

_COLUMNS = ("kind", "number", "name", "phone", "address")
_MOST_CHARACTERS = 500


def read_contacts(file: TextIO, key: PseudonymKey) -> list[Details]:
    """Return the details of a CSV file whose first line names the columns kind, number, name, phone, address.

    All lines or none: raises UserError for the first wrong one, by its number and without what is in it.
    """
    rows = csv.DictReader(file)
    try:
        if missing := [name for name in _COLUMNS if name not in (rows.fieldnames or ())]:
            raise UserError(f"Nothing was sealed: the first line must name the columns {', '.join(missing)}, too.")
        return list(_details(rows, key))
    except UnicodeDecodeError:
        raise UserError("Nothing was sealed: the file is not in UTF-8; save it as UTF-8 and try again.") from None
    except csv.Error:
        raise UserError(f"Nothing was sealed: what follows line {rows.line_num} is no CSV.") from None


def _details(rows: "csv.DictReader[str]", key: PseudonymKey) -> Iterable[Details]:
    for row in rows:
        try:
            yield _one(row, key)
        except ValueError as problem:
            raise UserError(f"Nothing was sealed: line {rows.line_num}: {problem}.") from None


def _one(row: Mapping[str, str | None], key: PseudonymKey) -> Details:
    text = {name: (row[name] or "").strip() for name in _COLUMNS}
    if text["kind"] not in TokenKind.__members__ or text["kind"] == TokenKind.ANON.name:
        known = ", ".join(kind.name for kind in TokenKind if kind is not TokenKind.ANON)
        raise ValueError(f"kind must be one of {known}")
    if "*" in text["number"]:
        raise ValueError("number is masked; give the whole one or another document's")
    contact = Contact(name=text["name"], phone=text["phone"], address=text["address"])
    if contact == Contact():
        raise ValueError("there is neither name nor phone nor address")
    if any(len(text[name]) > _MOST_CHARACTERS for name in _COLUMNS):
        raise ValueError(f"no text may be longer than {_MOST_CHARACTERS} characters")
    kind = TokenKind[text["kind"]]
    subject = key.subject(kind=kind, identity=text["number"])
    if digits := digits_missing(kind, whole_number(kind, text["number"])):
        raise ValueError(f"number must have {digits} digits; format the column as text, so that zeros in front stay")
    return Details(subject=subject, key_version=key.version, contact=contact)
