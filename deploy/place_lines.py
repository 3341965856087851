"""Judge each line of a register of places: a place, or every reason why not.

A vehicle of public transport is a place that moves (category PUBLIC_TRANSPORT_VEHICLE). Its number plate names its
owner and is kept nowhere: a line with one is refused, so that nobody believes it was kept. Its route or fleet number is
its name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import IntEnum
from functools import cache

from deploy.places import COLUMNS, Place
from deploy.tables.row import Row, Table
from deploy.user_error import UserError
from schemas.admin_units import communes
from schemas.enums import Category, Department

_REQUIRED = COLUMNS[:2]
_PLATE_COLUMNS = ("plate", "number_plate", "bien_so", "biển số")
# Two digits of the province, one or two letters, perhaps a digit; then four or five digits, often with dash or dot.
_PLATE = re.compile(r"\b[0-9]{2}[ -]?[A-ZĐ]{1,2}[0-9]?[ .-]{0,3}[0-9]{3}[ .]?[0-9]{1,2}\b", re.IGNORECASE)
_MOST_INT = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the register: the place it is, or the reasons why it is none. `place_id` is as written."""

    number: int
    place_id: str
    place: Place | None
    reasons: tuple[str, ...] = ()


def judged(table: Table) -> Iterator[Line]:
    """Yield each line of a register with its verdict; a place_id that an accepted line has had is refused.

    `name` and a positive `place_id` are required, other columns of `COLUMNS` may be missing or empty (unknown).
    Category and department are symbols of the orders, the commune a GSO code of 2021. Raises UserError if a required
    column is missing.
    """
    if missing := [name for name in _REQUIRED if name not in table.columns]:
        raise UserError(f"The first line must name the columns {', '.join(COLUMNS)}; missing: {', '.join(missing)}.")
    first_at: dict[int, int] = {}
    for row in table.rows:
        line = _line(row, first_at)
        if line.place is not None:
            first_at[line.place.fields["place_id"]] = line.number
        yield line


def _line(row: Row, first_at: dict[int, int]) -> Line:
    reader = _Reader(row)
    place = Place(
        {
            "place_id": reader.number("place_id"),
            "name": row.text("name"),
            "category": reader.symbol("category", Category),
            "department": reader.symbol("department", Department),
            "commune_code": reader.number("commune_code"),
            "capacity": reader.number("capacity"),
            "mandate_ref": row.text("mandate_ref"),
            "owner_unit": row.text("owner_unit"),
            "owner_head_role": row.text("owner_head_role"),
        }
    )
    reasons = (*reader.reasons, *_complaints(place, row, first_at))
    return Line(row.line, row.text("place_id"), None if reasons else place, reasons)


def _complaints(place: Place, row: Row, first_at: dict[int, int]) -> Iterator[str]:
    """Yield what is wrong with values that could be read; 0 and empty are unread or unknown ones."""
    place_id, commune = place.fields["place_id"], place.fields["commune_code"]
    if row.text("place_id") in {"", "0"}:
        yield "place_id must be at least 1"
    if place_id in first_at:
        yield f"place_id {place_id} is on line {first_at[place_id]}, too"
    if not place.fields["name"]:
        yield "name is empty"
    if place.fields["owner_head_role"] and not place.fields["owner_unit"]:
        yield "owner_head_role needs an owner_unit: whose head is it?"
    if any(character.isdigit() for character in place.fields["owner_head_role"]):
        yield "owner_head_role holds digits; write the office alone, as in Giám đốc, and no name or number of a person"
    if commune and commune not in _commune_codes():
        yield f"commune_code {commune} is no commune of the five provinces in 2021"
    if any(row.text(column) for column in _PLATE_COLUMNS):
        yield "number plates aren't kept: remove the column, and write the route or fleet number as the name"
    if place.fields["category"] == Category.PUBLIC_TRANSPORT_VEHICLE.name and _PLATE.search(place.fields["name"]):
        yield "name holds a number plate, which isn't kept; write the route or fleet number instead"
    if row.surplus:
        yield "there are more cells than columns; put quotation marks around a cell that holds the separator"


class _Reader:
    """Reads a row's cells, and gathers what can't be read."""

    def __init__(self, row: Row) -> None:
        self._row = row
        self.reasons: list[str] = []

    def number(self, column: str) -> int:
        """Return a whole number, 0 for an empty or wrong cell."""
        text = self._row.text(column)
        if not text:
            return 0
        if not text.isascii() or not text.isdigit() or int(text) > _MOST_INT:
            self.reasons.append(f"{column} is {text!r}, not a whole number from 0 to {_MOST_INT}")
            return 0
        return int(text)

    def symbol(self, column: str, symbols: type[IntEnum]) -> str:
        """Return a symbol's name, UNKNOWN for an empty or wrong cell."""
        text = self._row.text(column)
        if text.upper() in symbols.__members__:
            return text.upper()
        if text:
            near = get_close_matches(text.upper(), symbols.__members__, n=1)
            known = f"the nearest known is {near[0]}" if near else f"known are {', '.join(symbols.__members__)}"
            self.reasons.append(f"{column} {text!r} is unknown; {known}")
        return "UNKNOWN"


@cache
def _commune_codes() -> frozenset[int]:
    return frozenset(commune.code for commune in communes())
