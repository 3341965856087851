"""The person a row is about, as two cells: the kind of the document, and its number."""

import re

from deploy.entry.cells import BadCell
from schemas.pseudonym import national, normalise
from streams.gateway.reason import IDENTITY_KINDS

_SHAPES = {
    "CCCD": (re.compile(r"\d{12}"), "12 digits"),
    "CMND": (re.compile(r"\d{9}|\d{12}"), "9 or 12 digits"),
    "PHONE": (re.compile(r"0\d{9,10}"), "10 digits, the first of them 0"),
}


def identity_of(kind: str, number: str, *, column: str) -> dict[str, str]:
    """Return the identity as the gateway takes it; raise BadCell.

    Numbers of a known length must have it: a spreadsheet that takes them for amounts cuts the zeros in front, and
    what is left would be a person nobody is.
    """
    kind = kind.upper()
    if kind not in IDENTITY_KINDS:
        raise BadCell(f"{column}_kind must be one of {', '.join(IDENTITY_KINDS)}")
    if not number:
        raise BadCell(f"{column}_number is empty")
    plain = national(normalise(number)) if kind == "PHONE" else normalise(number)
    if "*" not in number and kind in _SHAPES:
        pattern, digits = _SHAPES[kind]
        if not pattern.fullmatch(plain):
            raise BadCell(f"{column}_number must have {digits}; format the column as text, so that zeros in front stay")
    return {"kind": kind, "number": number if "*" in number else plain}
