"""Where areas lie: polygons of communes, districts and provinces, in degrees of WGS 84 as RFC 7946 wants them."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from schemas.report_enums import AreaLevel

#: Longitude and latitude in degrees.
Position = tuple[float, float]
#: Closed: the last position is the first.
Ring = tuple[Position, ...]
#: The outer ring, counterclockwise, then holes, clockwise (RFC 7946, 3.1.6).
Polygon = tuple[Ring, ...]
#: An area's level and its GSO code.
Area = tuple[AreaLevel, int]
#: West, south, east, north in degrees.
BoundingBox = tuple[float, float, float, float]

#: Digits of the GSO's codes, which are texts with leading zeros outside of our tables.
DIGITS = {AreaLevel.COMMUNE: 5, AreaLevel.DISTRICT: 3, AreaLevel.PROVINCE: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """The polygons of each area; those of `synthetic` areas are made up and tell nothing of where they really lie."""

    polygons: Mapping[Area, tuple[Polygon, ...]]
    synthetic: Set[Area]


def code_text(level: AreaLevel, code: int) -> str:
    """Return a code as the GSO writes it, with leading zeros."""
    return f"{code:0{DIGITS[level]}}"


def bounding_box(polygons: Iterable[Polygon]) -> BoundingBox:
    """Return the box around polygons, of which there is at least one."""
    corners = [position for outer, *_ in polygons for position in outer]
    longitudes, latitudes = [corner[0] for corner in corners], [corner[1] for corner in corners]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def geometry(polygons: tuple[Polygon, ...]) -> dict[str, object]:
    """Return a GeoJSON geometry: Polygon, or MultiPolygon where there are several."""
    if len(polygons) == 1:
        return {"type": "Polygon", "coordinates": polygons[0]}
    return {"type": "MultiPolygon", "coordinates": polygons}
