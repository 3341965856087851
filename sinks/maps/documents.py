"""The documents for the public: what each is called, what is in it, and its bytes.

The orders name systems outside that take them: epidemic maps take areas with level and regime (Thanh Hóa's own, COVID
MAP4D in Sóc Trăng's order), antoancovid.vn and the safety map take safety by area and place (Hà Tĩnh's, Đồng Nai's).
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from clickhouse_connect.driver.client import Client

from schemas.report_enums import AreaLevel
from sinks.maps.public import PublicArea, PublicPlace, read_areas, read_places
from sinks.maps.risk_map import LEAST_SHOWN, risk_map
from sinks.maps.shapes import Shapes

_Rows = Sequence[PublicArea] | Sequence[PublicPlace]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document's bytes and how many areas or places it tells of."""

    name: str
    body: bytes
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A day in Vietnam, a province's code (0: all) and the shapes to draw areas in, which must hold all of them."""

    day: date
    province: int
    shapes: Shapes


_MAPS = {
    "risk-communes.geojson": AreaLevel.COMMUNE,
    "risk-districts.geojson": AreaLevel.DISTRICT,
    "risk-provinces.geojson": AreaLevel.PROVINCE,
}
_OF_AREAS = (*_MAPS, "areas.csv", "areas.json")
_OF_PLACES = ("place-safety.csv", "place-safety.json")
NAMES = (*_OF_AREAS, *_OF_PLACES)


def documents(client: Client, wanted: Wanted, names: Iterable[str] = NAMES) -> list[Document]:
    """Return the documents of these names, each kind of row read once; raises the client's exceptions."""
    chosen = list(names)
    made: list[Document] = []
    if of_areas := [name for name in chosen if name in _OF_AREAS]:
        areas = read_areas(client, day=wanted.day, province=wanted.province)
        made += [_of_areas(name, areas, wanted) for name in of_areas]
    if of_places := [name for name in chosen if name in _OF_PLACES]:
        places = read_places(client, province=wanted.province)
        made += [Document(name=name, body=_table(name, places, {}), rows=len(places)) for name in of_places]
    return made


def _of_areas(name: str, areas: Sequence[PublicArea], wanted: Wanted) -> Document:
    if name in _MAPS:
        drawn = risk_map(areas, wanted.shapes, level=_MAPS[name], day=wanted.day)
        return Document(name=name, body=msgspec.json.encode(drawn), rows=len(drawn["features"]))
    about = {"day": wanted.day, "least_shown": LEAST_SHOWN}
    return Document(name=name, body=_table(name, areas, about), rows=len(areas))


def _table(name: str, rows: _Rows, about: dict[str, Any]) -> bytes:
    """Return rows as CSV (UTF-8, hidden counts empty) or as JSON, with `about` beside them."""
    if name.endswith(".json"):
        return msgspec.json.encode({**about, "rows": rows})
    kind = PublicArea if name.startswith("areas") else PublicPlace
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(kind.__struct_fields__)
    writer.writerows([_cell(value) for value in msgspec.structs.astuple(row)] for row in rows)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    return " ".join(map(str, value)) if isinstance(value, tuple) else value
