"""What people enter by hand: times as they are written, whole document numbers, and the identity of an entry."""

import hashlib
import hmac
import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from schemas.enums import TokenKind
from schemas.pseudonym import national, normalise
from schemas.zone import VIETNAM

#: What contact details consist of, and what each part is called in a list of columns.
CONTACT = {"name": "the person's name", "phone": "the person's phone", "address": "where the person can be found"}
_WRITTEN = ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y")
_SHAPES = {
    TokenKind.CCCD: (re.compile(r"\d{12}", re.ASCII), "12"),
    TokenKind.CMND: (re.compile(r"\d{9}|\d{12}", re.ASCII), "9 or 12"),
    TokenKind.PHONE: (re.compile(r"0\d{9,10}", re.ASCII), "10"),
}


def written_time(text: str) -> datetime | None:
    """Return the aware moment of dd/mm/yyyy HH:MM or ISO 8601, of Vietnam where no zone is given; None for others.

    A day alone is its midnight.
    """
    moment = _moment(text)
    return moment.replace(tzinfo=VIETNAM) if moment is not None and moment.tzinfo is None else moment


def _moment(text: str) -> datetime | None:
    for pattern in _WRITTEN:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007 -- the zone is added where there is none
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def whole_number(kind: TokenKind, number: str) -> str:
    """Return a document's number in the form that is hashed; a masked one as it is, for the gateway to refuse."""
    if "*" in number:
        return number
    return national(normalise(number)) if kind is TokenKind.PHONE else normalise(number)


def digits_missing(kind: TokenKind, number: str) -> str:
    """Return how many digits such a number must have if this one hasn't, else an empty text.

    A spreadsheet that takes numbers for amounts cuts the zeros in front, and what is left would be a person nobody is.
    """
    pattern, digits = _SHAPES.get(kind, (None, ""))
    return digits if pattern is not None and "*" not in number and not pattern.fullmatch(number) else ""


def contact_column(part: str) -> str:
    """Return the name of the column or field that holds a part of the contact details."""
    return f"contact_{part}"


def entry_id(event: Mapping[str, Any], key: bytes) -> uuid.UUID:
    """Return the identity of an entered event: 16 bytes of HMAC-SHA256 over its fields, whatever their order.

    What says the same is the same entry, whoever enters it again. Keyed, for the fields hold a person's number. A
    person's contact details are no part of the event: entered again with others, it is a retry, and they are kept.
    """
    said = {name: value for name, value in event.items() if name != "contact"}
    return uuid.UUID(bytes=hmac.digest(key, msgspec.json.encode(said, order="sorted"), hashlib.sha256)[:16])
