"""What must hold of any shapes that go out, by RFC 7946 and by the order of areas."""

from collections.abc import Iterable

from shapely.geometry import Polygon as Surface
from shapely.geometry.polygon import LinearRing

from schemas.admin_units import communes
from schemas.report_enums import AreaLevel
from sinks.maps.shapes import Area, Polygon, Shapes


def assert_sound(polygons: Iterable[Polygon]) -> None:
    """Rings are closed, of four positions or more, valid, and wound as RFC 7946, 3.1.6 wants."""
    for outer, *holes in polygons:
        for ring in (outer, *holes):
            assert len(ring) >= 4
            assert ring[0] == ring[-1]
        assert LinearRing(outer).is_ccw
        assert not any(LinearRing(hole).is_ccw for hole in holes)
        assert Surface(outer, holes).is_valid


def parents() -> dict[Area, Area]:
    """Return the area each commune and district belongs to."""
    of: dict[Area, Area] = {}
    for unit in communes():
        district = (AreaLevel.DISTRICT, unit.district_code)
        of[AreaLevel.COMMUNE, unit.code] = district
        of[district] = (AreaLevel.PROVINCE, unit.province_code)
    return of


def surface(shapes: Shapes, area: Area) -> Surface:
    """Return an area that is one polygon."""
    ((outer, *holes),) = shapes.polygons[area]
    return Surface(outer, holes)
