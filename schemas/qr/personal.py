"""The personal QR of Decision 1405/QĐ-BTTTT (2021): ``document|NAME|yyyy-mm-dd|0 or 1|QID|extension``.

Apps hide the first six characters of the document and the birth date's day and month unless their owner shows them.
So the QID, the number the national platform gave this code, is the person's identity whenever it is there: one person
is one subject, whatever is hidden today. A document is kept beside it, so that the two can be linked, only where its
shape and the birth year vouch for it. A masked document is nobody's: many share it. The extension isn't read.
"""

import re
from collections.abc import Sequence
from datetime import date

from schemas.enums import Credential, TokenKind
from schemas.qr.documents import Birth, birth_of, is_cccd, is_cmnd, plain
from schemas.qr.result import Identity, Masked, PersonCode, Trouble, Unreadable

_BIRTH = re.compile(r"([0-9]{4}|\*{1,4})-([0-9]{1,2}|\*{1,2})-([0-9]{1,2}|\*{1,2})")
# As in the published sample. Fewer digits are the only sign that some were lost.
_QID = re.compile(r"[0-9]{18}")
_BIRTH_FIELD, _BY_FIELD, _QID_FIELD = 2, 3, 4
_HIDDEN = 6


def personal_text(
    *,
    document: str,
    name: str,
    birth: date,
    qid: str,
    by_another: bool = False,
    extension: str = "",
    hidden: bool = True,
) -> str:
    """Return the text of a personal code, hidden as apps do by default; raise ValueError for a field with ``|``."""
    shown = "*" * min(_HIDDEN, len(document)) + document[_HIDDEN:] if hidden else document
    day = f"{birth:%Y}-**-**" if hidden else f"{birth:%Y-%m-%d}"
    fields = [shown, plain(name), day, "1" if by_another else "0", qid, extension]
    if any("|" in text for text in fields):
        raise ValueError("a field can't hold |")
    return "|".join(fields)


def is_personal(fields: Sequence[str]) -> bool:
    """Tell whether the fields are a personal code's: the third is a date with dashes."""
    return len(fields) > _BIRTH_FIELD and _BIRTH.fullmatch(_compact(fields[_BIRTH_FIELD])) is not None


def read_personal(fields: Sequence[str]) -> PersonCode | Unreadable:
    """Return the person of a personal code's fields, or why the code can't name one."""
    document, name, born, by, qid = (_compact(field) for field in [*fields, "", ""][: _QID_FIELD + 1])
    found = _BIRTH.fullmatch(born)
    birth = birth_of(*found.groups()) if found else None
    if birth is None or not name or by not in {"", "0", "1"}:
        return Unreadable(Trouble.DAMAGED, "The personal code was not read right; scan it again.")
    if "*" in qid:
        return Unreadable(Trouble.MASKED, "The code's QID is hidden; show it in the app, or scan another document.")
    if qid and not _QID.fullmatch(qid):
        return Unreadable(Trouble.INCOMPLETE, "The code's QID was not read as a whole; scan it again.")
    return _person(document.upper(), birth, qid, hidden="*" in born, by_another=by == "1")


def _person(document: str, birth: Birth, qid: str, *, hidden: bool, by_another: bool) -> PersonCode | Unreadable:
    known = _document(document, birth)
    if not qid and (known is None or known.kind is not TokenKind.CCCD):
        return _nobody(document)
    return PersonCode(
        credential=Credential.QR_1405,
        identity=Identity(TokenKind.QID, qid) if qid or known is None else known,
        also=(known,) if qid and known else (),
        masked=(Masked.DOCUMENT if "*" in document else Masked.NOTHING)
        | (Masked.BIRTH_DATE if hidden else Masked.NOTHING),
        declared_by_another=by_another,
    )


def _document(document: str, birth: Birth) -> Identity | None:
    if is_cmnd(document, birth):
        return Identity(TokenKind.CMND, document)
    if birth.year is not None and is_cccd(document, birth):
        return Identity(TokenKind.CCCD, document)
    return None


def _nobody(document: str) -> Unreadable:
    if "*" in document:
        return Unreadable(Trouble.MASKED, "The code's document is hidden and its QID missing; scan it again.")
    return Unreadable(Trouble.INCOMPLETE, "The code ends before its QID; scan it again.")


def _compact(text: str) -> str:
    return "".join(text.split())
