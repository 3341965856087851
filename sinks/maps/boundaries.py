"""Load real boundaries of communes from a GeoJSON file, and make those of districts and provinces of them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from schemas.admin_units import Commune, communes
from schemas.report_enums import AreaLevel
from sinks.maps.cells import synthetic_shapes
from sinks.maps.shapes import Area, Polygon, Position, Shapes

_KEY = "commune_code"
_SURFACES = ("Polygon", "MultiPolygon")
_WORLD = (-180.0, -90.0, 180.0, 90.0)
# RFC 7946 knows WGS 84 only; its predecessor named it so.
_WGS84 = ("CRS84", "EPSG::4326", "EPSG:4326", "OGC:CRS84")
_SHOWN = 5
#: A decimetre: more digits only make files longer (RFC 7946, 11.2).
_DECIMALS = 6


class BadBoundaries(Exception):
    """The file can't be used; the text is a sentence that says what is wrong and what to do."""


def read_boundaries(path: Path, *, provinces: Iterable[int] = ()) -> Shapes:
    """Return shapes by a GeoJSON file with a feature for each commune, its GSO code in `commune_code`.

    All communes of `provinces` must be in it, or else those of each province the file touches; areas elsewhere keep
    their synthetic cells. Codes are texts of five digits or numbers; coordinates are WGS 84. Rings get the direction of
    RFC 7946. Districts and provinces are their communes joined. Raises BadBoundaries.
    """
    found: dict[int, BaseGeometry] = {}
    for at, feature in enumerate(_features(path), start=1):
        code = _code(at, feature)
        if code in found:
            raise BadBoundaries(f"Commune {code:05} has several features; join them into one MultiPolygon.")
        found[code] = _surface(f"Commune {code:05}", feature.get("geometry"))
    wanted = {*provinces} or {_units()[code].province_code for code in found}
    members = [unit for unit in communes() if unit.province_code in wanted]
    _require_all(found, members)
    cells, real = synthetic_shapes(), dict(_areas(found, members))
    return Shapes(polygons={**cells.polygons, **real}, synthetic=cells.synthetic - real.keys())


def _features(path: Path) -> list[Any]:
    try:
        document = json.loads(path.read_text("utf-8-sig"))
    except OSError as problem:
        raise BadBoundaries(f"{path} can't be read ({problem.strerror}); choose another file.") from None
    except ValueError:
        raise BadBoundaries(f"{path} is no JSON in UTF-8; save the boundaries as GeoJSON.") from None
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise BadBoundaries(f"{path} is no GeoJSON FeatureCollection; save all communes as one layer.")
    _require_wgs84(document.get("crs"))
    if not document["features"]:
        raise BadBoundaries(f"{path} has no features; save the layer of communes.")
    features: list[Any] = document["features"]
    return features


@cache
def _units() -> dict[int, Commune]:
    return {unit.code: unit for unit in communes()}


def _require_wgs84(crs: object) -> None:
    name = crs.get("properties", {}).get("name") if isinstance(crs, dict) else crs
    if crs is not None and not str(name).endswith(_WGS84):
        raise BadBoundaries(f"The coordinates are in {name}; save the file again in WGS 84 (EPSG:4326).")


def _code(at: int, feature: Any) -> int:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    told = properties.get(_KEY) if isinstance(properties, dict) else None
    text = str(told) if isinstance(told, str | int) else ""
    if not (text.isascii() and text.isdigit()):
        raise BadBoundaries(f"Feature {at} has no {_KEY} (the GSO's code, like 14755) among its properties; add it.")
    if int(text) not in _units():
        raise BadBoundaries(f"Feature {at}: commune {text} is none of those of 2021 in our provinces; correct {_KEY}.")
    return int(text)


def _surface(name: str, told: Any) -> BaseGeometry:
    if not isinstance(told, dict) or told.get("type") not in _SURFACES:
        raise BadBoundaries(f"{name} is no Polygon or MultiPolygon; give its surface, not a point or line.")
    _require_closed(name, told)
    try:
        surface = shape(told)
    except (ShapelyError, TypeError, ValueError, IndexError, KeyError):
        raise BadBoundaries(f"{name}: its coordinates are no rings of positions; export the layer again.") from None
    _require_sound(name, surface)
    return surface


def _require_closed(name: str, told: Mapping[str, Any]) -> None:
    """Check what shapely would mend without a word."""
    polygons = told.get("coordinates")
    polygons = [polygons] if told["type"] == "Polygon" else polygons
    try:
        rings = [ring for polygon in polygons or () for ring in polygon]
        is_sound = bool(rings) and all(len(ring) >= 4 and ring[0] == ring[-1] for ring in rings)
    except (TypeError, IndexError, KeyError):
        is_sound = False
    if not is_sound:
        raise BadBoundaries(f"{name}: a ring must have four positions or more and end where it begins.")


def _require_sound(name: str, surface: BaseGeometry) -> None:
    west, south, east, north = surface.bounds
    if not (_WORLD[0] <= west <= east <= _WORLD[2] and _WORLD[1] <= south <= north <= _WORLD[3]):
        raise BadBoundaries(
            f"{name} has coordinates that are no longitudes and latitudes; save the file again in WGS 84 (EPSG:4326)."
        )
    if not surface.is_valid:
        raise BadBoundaries(f"{name} is no valid surface ({shapely.is_valid_reason(surface)}); repair the geometry.")


def _require_all(found: Mapping[int, BaseGeometry], members: Iterable[Commune]) -> None:
    missing = [f"{unit.code:05} {unit.name}" for unit in members if unit.code not in found]
    if missing:
        more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        raise BadBoundaries(
            f"The file lacks {len(missing)} communes: {', '.join(missing[:_SHOWN])}{more}; add them, or ask for "
            "a province that is complete."
        )


def _areas(found: Mapping[int, BaseGeometry], members: Iterable[Commune]) -> Iterator[tuple[Area, tuple[Polygon, ...]]]:
    parts: dict[Area, list[BaseGeometry]] = {}
    for unit in members:
        yield (AreaLevel.COMMUNE, unit.code), _polygons(found[unit.code])
        for area in ((AreaLevel.DISTRICT, unit.district_code), (AreaLevel.PROVINCE, unit.province_code)):
            parts.setdefault(area, []).append(found[unit.code])
    for area, surfaces in parts.items():
        yield area, _polygons(shapely.union_all(surfaces))


def _polygons(surface: BaseGeometry) -> tuple[Polygon, ...]:
    parts = [part for part in getattr(surface, "geoms", [surface]) if part.geom_type == "Polygon"]
    turned = [orient(part, sign=1.0) for part in parts]
    return tuple(tuple(_ring(ring.coords) for ring in (part.exterior, *part.interiors)) for part in turned)


def _ring(positions: Iterable[tuple[float, ...]]) -> tuple[Position, ...]:
    return tuple((round(position[0], _DECIMALS), round(position[1], _DECIMALS)) for position in positions)
