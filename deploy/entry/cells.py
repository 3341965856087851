"""Turn one cell into the value its field holds. A reason never repeats a cell: it may be a person's number."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.entered import written_time

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BOOLEANS = {"1": True, "true": True, "yes": True, "có": True, "x": True}
_BOOLEANS |= {"0": False, "false": False, "no": False, "không": False}


class BadCell(ValueError):
    """The cell can't be read; the text says what it must be, to be put behind the column's name."""


def value_of(text: str, field: Mapping[str, Any]) -> Any:
    """Return the JSON value of a cell that isn't empty, for a field of an Avro schema; raise BadCell.

    Symbols may be in lower case; times are ISO 8601 or dd/mm/yyyy HH:MM, of Vietnam where no zone is given. Whether
    the value is allowed is for the gateway's rules to say.
    """
    type_ = field["type"]
    kind = type_ if isinstance(type_, str) else type_["type"]
    if kind == "long" and isinstance(type_, dict):
        return milliseconds(text, needs_time=field["name"] == "event_time")
    readers = {"enum": str.upper, "int": _integer, "long": _integer, "float": _decimal, "boolean": _boolean}
    return readers.get(kind, str)(text)


def milliseconds(text: str, *, needs_time: bool) -> int:
    """Return a time in milliseconds since 1970; a date alone is its midnight in Vietnam. Raise BadCell."""
    moment = written_time(text)
    if moment is None:
        raise BadCell("must be a time as 05/08/2021 14:30, or in ISO 8601")
    if needs_time and ":" not in text:
        raise BadCell("needs the time of day, too, as 05/08/2021 14:30")
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _integer(text: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
        raise BadCell("must be a whole number")
    return int(text)


def _decimal(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise BadCell("must be a number") from None


def _boolean(text: str) -> bool:
    if text.lower() not in _BOOLEANS:
        raise BadCell("must be 1 or 0, or có or không")
    return _BOOLEANS[text.lower()]
