"""The QR of a place: ``VNPL1.<place_id>.<check>``, alone or at the end of a web address."""

from schemas.qr.result import PlaceCode
from schemas.qr.sealed import seal, unseal

_PREFIX = "VNPL1"
_MOST_PLACE_ID = 2**31 - 1


def place_text(place_id: int) -> str:
    """Return the text of a place's code; raise ValueError for a number no place can have."""
    if not 1 <= place_id <= _MOST_PLACE_ID:
        raise ValueError(f"place_id is {place_id}; it must be from 1 to {_MOST_PLACE_ID}")
    return seal(_PREFIX, str(place_id))


def place_url(place_id: int, *, base: str) -> str:
    """Return the address that a phone's camera opens: `base` (``https://host/path``), a slash, the text."""
    return f"{base.rstrip('/')}/{place_text(place_id)}"


def find_places(text: str) -> list[PlaceCode]:
    """Return each place whose whole code is in a text without blanks."""
    numbers = [number for (number,) in unseal(text, prefix=_PREFIX, widths=["1,10"]) if not number.startswith("0")]
    return [PlaceCode(place_id=int(number)) for number in numbers if int(number) <= _MOST_PLACE_ID]
