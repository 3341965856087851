"""The QR on the chip identity card (CCCD): ``number|old number|name|ddMMyyyy|gender|address|ddMMyyyy of issue``.

The old number may be empty; cards of later years have more fields. Fields missing at the end don't matter once the
birth date is there, which tells whether the number was read right.
"""

import re
from collections.abc import Sequence
from datetime import date

from schemas.enums import Credential, TokenKind
from schemas.qr.documents import Birth, birth_of, gender_agrees, is_cccd
from schemas.qr.result import Identity, PersonCode, Trouble, Unreadable

_DAY = re.compile(r"(?:([0-9]{2})[/-]?([0-9]{2})[/-]?)?([0-9]{4})")
_BIRTH_FIELD = 3


def card_text(
    *, cccd: str, cmnd: str = "", name: str, birth: date, gender: str, address: str = "", issued: date | None = None
) -> str:
    """Return the text of a card's code; raise ValueError for a field with ``|`` in it."""
    fields = [cccd, cmnd, name, f"{birth:%d%m%Y}", gender, address, f"{issued:%d%m%Y}" if issued else ""]
    if any("|" in text for text in fields):
        raise ValueError("a field can't hold |")
    return "|".join(fields)


def is_card(fields: Sequence[str]) -> bool:
    """Tell whether the fields are a card's: the fourth is a date without asterisks."""
    return len(fields) > _BIRTH_FIELD and _DAY.fullmatch(_compact(fields[_BIRTH_FIELD])) is not None


def read_card(fields: Sequence[str]) -> PersonCode | Unreadable:
    """Return the person of a card's fields, or why the card can't be vouched for."""
    number, old, birth = _compact(fields[0]), _compact(fields[1]), _birth(fields[_BIRTH_FIELD])
    if "*" in number + old:
        return Unreadable(Trouble.MASKED, "The card's number is hidden; scan the card itself.")
    if number.isascii() and number.isdigit() and len(number) < 12:
        return Unreadable(Trouble.INCOMPLETE, "The beginning of the card's code is missing; scan it again.")
    gender = fields[_BIRTH_FIELD + 1] if len(fields) > _BIRTH_FIELD + 1 else ""
    if birth is None or not is_cccd(number, birth) or not gender_agrees(number, gender):
        return Unreadable(Trouble.DAMAGED, "The card's number and birth date don't agree; scan it again.")
    if not re.fullmatch(r"(?:[0-9]{9}|[0-9]{12})?", old):
        return Unreadable(Trouble.DAMAGED, "The card's old number was not read right; scan it again.")
    also = (Identity(TokenKind.CMND, old),) if len(old) == 9 else ()
    return PersonCode(credential=Credential.QR_CCCD, identity=Identity(TokenKind.CCCD, number), also=also)


def _birth(text: str) -> Birth | None:
    found = _DAY.fullmatch(_compact(text))
    return birth_of(found[3], found[2] or "", found[1] or "") if found else None


def _compact(text: str) -> str:
    return "".join(text.split())
