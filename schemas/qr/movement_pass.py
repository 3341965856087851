"""The QR of a movement pass: ``VNPS1.<pass_id>.<valid until>.<check>``.

The pass's 16 bytes are 39 digits, because digits survive keyboards that letters don't; its end is UTC, as
``YYYYMMDDHHMMSS``.
"""

from contextlib import suppress
from datetime import UTC, datetime

from schemas.qr.result import PassCode
from schemas.qr.sealed import seal, unseal

_PREFIX = "VNPS1"
_ID_BYTES, _ID_DIGITS = 16, 39
_TIME = "%Y%m%d%H%M%S"


def pass_text(*, pass_id: bytes, valid_until: datetime) -> str:
    """Return the text of a pass's code.

    `valid_until` is aware and has no fraction of a second. Raises ValueError for an id that isn't 16 bytes, or is zero
    (which means "no pass"), and for another time.
    """
    if len(pass_id) != _ID_BYTES or not any(pass_id):
        raise ValueError("pass_id must be 16 bytes that aren't all zero")
    if valid_until.tzinfo is None or valid_until.microsecond:
        raise ValueError("valid_until must have a time zone and whole seconds")
    number = int.from_bytes(pass_id, "big")
    return seal(_PREFIX, f"{number:0{_ID_DIGITS}}", f"{valid_until.astimezone(UTC):{_TIME}}")


def find_passes(text: str) -> list[PassCode]:
    """Return each pass whose whole code is in a text without blanks."""
    found = []
    for number, until in unseal(text, prefix=_PREFIX, widths=[str(_ID_DIGITS), "14"]):
        # Only a code that someone made by hand has a right check value and a wrong time or number.
        with suppress(ValueError, OverflowError):
            pass_id = int(number).to_bytes(_ID_BYTES, "big")
            found.append(PassCode(pass_id=pass_id, valid_until=datetime.strptime(until, _TIME).replace(tzinfo=UTC)))
    return found
