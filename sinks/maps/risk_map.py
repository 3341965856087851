"""The risk map: areas of one level as a GeoJSON FeatureCollection (RFC 7946)."""

from collections.abc import Iterable
from datetime import date
from itertools import chain
from typing import Any

import msgspec

from schemas.report_enums import AreaLevel
from sinks.maps.public import PublicArea
from sinks.maps.shapes import Shapes, bounding_box, geometry

#: Counts of fewer people are hidden, by the view the counts come from (0067).
LEAST_SHOWN = 10
#: By risk level, as Decision 2686 names them; 0: nothing was decided.
RISK_NAMES = ("Chưa đánh giá", "Bình thường mới", "Nguy cơ", "Nguy cơ cao", "Nguy cơ rất cao")
#: The colours the decision's maps had: green, yellow, orange, red. `fill` is simplestyle's name for it.
FILLS = ("#bdbdbd", "#4caf50", "#fdd835", "#fb8c00", "#e53935")
RULES = "2686/QĐ-BCĐQG, 31/5/2021"
_OF_PARTS = ("communes_at", "computed_level")


def risk_map(areas: Iterable[PublicArea], shapes: Shapes, *, level: AreaLevel, day: date) -> dict[str, Any]:
    """Return the areas of `level` as features, in the order they come.

    `shapes` must hold each of them. Members beyond RFC 7946 say the day, the rules and whether shapes are synthetic;
    properties are flat, for tools that make columns of them. Raises KeyError for an area without a shape.
    """
    chosen = [area for area in areas if area.level == level.name]
    features = [_feature(area, shapes) for area in chosen]
    around = bounding_box(chain.from_iterable(shapes.polygons[area.key] for area in chosen)) if chosen else None
    return {
        "type": "FeatureCollection",
        **({"bbox": around} if around else {}),
        "day": day,
        "level": level.name,
        "rules": RULES,
        "least_shown": LEAST_SHOWN,
        "synthetic": any(area.key in shapes.synthetic for area in chosen),
        "features": features,
    }


def _feature(area: PublicArea, shapes: Shapes) -> dict[str, Any]:
    polygons = shapes.polygons[area.key]
    return {
        "type": "Feature",
        "id": area.code,
        "bbox": bounding_box(polygons),
        "geometry": geometry(polygons),
        "properties": _properties(area) | {"synthetic": area.key in shapes.synthetic, "fill": FILLS[area.risk_level]},
    }


def _properties(area: PublicArea) -> dict[str, Any]:
    told = msgspec.structs.asdict(area) | {"risk_name": RISK_NAMES[area.risk_level]}
    return {name: value for name, value in told.items() if area.level != "COMMUNE" or name not in _OF_PARTS}
