"""Ask ClickHouse what the public may see of areas and places: counts of fewer than 10 people never leave it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
from clickhouse_connect.driver.client import Client

from schemas.report_enums import AreaLevel
from sinks.maps.shapes import code_text

_ORDER = {level: at for at, level in enumerate((AreaLevel.PROVINCE, AreaLevel.DISTRICT, AreaLevel.COMMUNE))}
_AREAS = """
SELECT
    level, code, name, district, province, risk_level, decided_level, computed_level, toString(regime) AS regime,
    toString(strictest_regime) AS strictest_regime, communes_at, scans, people, cases, people_hidden OR cases_hidden AS
    suppressed, places_safe, places_fair, places_unsafe
FROM public_map(day = {day:Date})
WHERE {province:UInt8} IN (0, province)
"""
_PLACES = """
SELECT
    place_id, name, toString(category) AS category, commune, district, province, toString(safety_level) AS safety_level,
    assessed
FROM public_place_safety
WHERE {province:UInt8} IN (0, province)
ORDER BY place_id
"""


class PublicArea(msgspec.Struct, frozen=True, kw_only=True):
    """What the public may see of an area on a day; the columns of the view `public_map` (0067).

    Codes are the GSO's texts; those of areas above are empty where there is none. None is hidden, or not there.
    """

    level: str
    code: str
    name: str
    district_code: str
    province_code: str
    risk_level: int
    decided_level: int | None
    computed_level: int | None
    scheme: str
    strictest_scheme: str
    communes_at: tuple[int, ...]
    scans: int | None
    people: int | None
    cases: int | None
    suppressed: bool
    places_safe: int
    places_fair: int
    places_unsafe: int

    @property
    def key(self) -> tuple[AreaLevel, int]:
        """Return level and code as numbers."""
        return AreaLevel[self.level], int(self.code)


class PublicPlace(msgspec.Struct, frozen=True, kw_only=True):
    """How safe a place was found last; the columns of the view `public_place_safety` (0066)."""

    place_id: int
    name: str
    category: str
    commune_code: str
    district_code: str
    province_code: str
    safety_level: str
    assessed: date


def read_areas(client: Client, *, day: date, province: int = 0) -> list[PublicArea]:
    """Return all areas, or those of a province, provinces first and by code; raises the client's exceptions."""
    rows = client.query(_AREAS, parameters={"day": day, "province": province}).named_results()
    return sorted((_area(row) for row in rows), key=lambda area: (_ORDER[AreaLevel[area.level]], area.code))


def read_places(client: Client, *, province: int = 0) -> list[PublicPlace]:
    """Return the assessed places, or those of a province, in order of `place_id`; raises the client's exceptions."""
    rows = client.query(_PLACES, parameters={"province": province}).named_results()
    return [_place(row) for row in rows]


def _area(row: Mapping[str, Any]) -> PublicArea:
    level = AreaLevel[row["level"]]
    values = {name: row[name] for name in PublicArea.__struct_fields__ if name in row}
    return PublicArea(
        **values
        | {
            "code": code_text(level, row["code"]),
            "scheme": row["regime"],
            "strictest_scheme": row["strictest_regime"],
            "communes_at": tuple(row["communes_at"]),
            "suppressed": bool(row["suppressed"]),
        }
        | _above(row),
    )


def _place(row: Mapping[str, Any]) -> PublicPlace:
    values = {name: row[name] for name in PublicPlace.__struct_fields__ if name in row}
    return PublicPlace(**values | {"commune_code": code_text(AreaLevel.COMMUNE, row["commune"])} | _above(row))


def _above(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        f"{level.name.lower()}_code": code_text(level, row[level.name.lower()]) if row[level.name.lower()] else ""
        for level in (AreaLevel.DISTRICT, AreaLevel.PROVINCE)
    }
