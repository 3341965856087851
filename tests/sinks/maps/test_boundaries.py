"""Real boundaries from a file: what is taken, what is turned the right way round, what is refused and how."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import Polygon as Surface

from schemas.admin_units import communes
from schemas.report_enums import AreaLevel
from sinks.maps.boundaries import BadBoundaries, read_boundaries
from sinks.maps.cells import synthetic_shapes
from tests.sinks.maps.geometry import assert_sound

_PROVINCE = 94
_UNITS = [unit for unit in communes() if unit.province_code == _PROVINCE]
_FIRST = _UNITS[0].code

Change = Callable[[dict[str, Any]], Any]


def _document() -> dict[str, Any]:
    """Return boundaries of a province, with rings in the direction that many tools still write."""
    cells = synthetic_shapes().polygons
    features = [
        {
            "type": "Feature",
            "properties": {"commune_code": f"{unit.code:05}"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[list(at) for at in reversed(cells[AreaLevel.COMMUNE, unit.code][0][0])]],
            },
        }
        for unit in _UNITS
    ]
    return {"type": "FeatureCollection", "features": features}


def _saved(directory: Path, document: object) -> Path:
    path = directory / "communes.geojson"
    path.write_text(json.dumps(document), "utf-8")
    return path


def test_communes_come_as_they_are_and_the_larger_areas_are_their_communes_joined(tmp_path: Path) -> None:
    shapes = read_boundaries(_saved(tmp_path, _document()))
    cells = synthetic_shapes().polygons
    real = set(shapes.polygons) - set(shapes.synthetic)
    for area in real:
        assert_sound(shapes.polygons[area])
        ((outer,),), ((cell,),) = shapes.polygons[area], cells[area]
        assert Surface(outer).symmetric_difference(Surface(cell)).area < 1e-9
        assert shapes.polygons[area] is not cells[area]
    assert len(real) == len(_UNITS) + 12  # districts and the province
    assert (AreaLevel.PROVINCE, _PROVINCE) in real
    assert set(shapes.polygons) == set(cells)


def test_parts_holes_and_numbers_as_codes_are_taken(tmp_path: Path) -> None:
    document = _document()
    ((west, south), _, (east, north), *_) = synthetic_shapes().polygons[AreaLevel.COMMUNE, _FIRST][0][0]
    middle = (west + east) / 2
    hole = [[west + 0.002, south + 0.002], [west + 0.003, south + 0.002], [west + 0.002, south + 0.003]]
    parts = [
        [[[west, south], [middle, south], [middle, north], [west, north], [west, south]], [*hole, hole[0]]],
        [[[middle + 0.001, south], [east, south], [east, north], [middle + 0.001, south]]],
    ]
    document["features"][0]["geometry"] = {"type": "MultiPolygon", "coordinates": parts}
    document["features"][0]["properties"] = {"commune_code": _FIRST}
    shapes = read_boundaries(_saved(tmp_path, document), provinces=[_PROVINCE])
    polygons = shapes.polygons[AreaLevel.COMMUNE, _FIRST]
    assert_sound(polygons)
    assert sorted(len(rings) for rings in polygons) == [1, 2]


def _first(document: dict[str, Any]) -> Any:
    return document["features"][0]


def _ring(document: dict[str, Any]) -> Any:
    return _first(document)["geometry"]["coordinates"][0]


_WRONG: list[tuple[Change, str]] = [
    (
        lambda document: document.update(features=None),
        "is no GeoJSON FeatureCollection; save all communes as one layer",
    ),
    (lambda document: document.update(features=[]), "has no features; save the layer of communes"),
    (
        lambda document: document.update(crs={"properties": {"name": "urn:ogc:def:crs:EPSG::3405"}}),
        r"The coordinates are in urn:ogc:def:crs:EPSG::3405; save the file again in WGS 84 \(EPSG:4326\)",
    ),
    (lambda document: _first(document).update(properties={"name": "A"}), "Feature 1 has no commune_code .*; add it"),
    (lambda document: _first(document)["properties"].update(commune_code="x1"), "Feature 1 has no commune_code"),
    (
        lambda document: _first(document)["properties"].update(commune_code="00001"),
        "Feature 1: commune 00001 is none of those of 2021 in our provinces; correct commune_code",
    ),
    (
        lambda document: document["features"].append(_first(document)),
        f"Commune {_FIRST:05} has several features; join them into one MultiPolygon",
    ),
    (
        lambda document: document["features"].pop(0),
        f"The file lacks 1 communes: {_FIRST:05} .*; add them, or ask for a province that is complete",
    ),
    (
        lambda document: _first(document).update(geometry={"type": "Point", "coordinates": [105, 10]}),
        f"Commune {_FIRST:05} is no Polygon or MultiPolygon; give its surface",
    ),
    (lambda document: _first(document).update(geometry=None), f"Commune {_FIRST:05} is no Polygon"),
    (lambda document: _ring(document).pop(), "a ring must have four positions or more and end where it begins"),
    (lambda document: _ring(document).clear(), "a ring must have four positions or more"),
    (
        lambda document: _first(document)["geometry"].update(coordinates=[[["a", "b"]] * 4]),
        "its coordinates are no rings of positions; export the layer again",
    ),
    (
        lambda document: _first(document)["geometry"].update(
            coordinates=[[[571_000, 1_060_000], [572_000, 1_060_000], [572_000, 1_061_000], [571_000, 1_060_000]]]
        ),
        r"has coordinates that are no longitudes and latitudes; save the file again in WGS 84 \(EPSG:4326\)",
    ),
    (
        lambda document: _first(document)["geometry"].update(
            coordinates=[[[105, 9], [106, 10], [106, 9], [105, 10], [105, 9]]]
        ),
        r"is no valid surface \(Self-intersection\[.*\]\); repair the geometry",
    ),
]


@pytest.mark.parametrize(("spoil", "sentence"), _WRONG)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, spoil: Change, sentence: str) -> None:
    document = _document()
    spoil(document)
    with pytest.raises(BadBoundaries, match=sentence):
        read_boundaries(_saved(tmp_path, document), provinces=[_PROVINCE] if document["features"] else [])


def test_a_file_that_is_no_json_or_not_there_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "communes.geojson"
    with pytest.raises(BadBoundaries, match=r"can't be read \(No such file or directory\); choose another file"):
        read_boundaries(path)
    path.write_bytes(b"PK\x03\x04\xff")
    with pytest.raises(BadBoundaries, match="is no JSON in UTF-8; save the boundaries as GeoJSON"):
        read_boundaries(path)


def test_a_province_nobody_asked_for_may_be_incomplete(tmp_path: Path) -> None:
    document = _document()
    other = next(unit for unit in communes() if unit.province_code == 42)
    document["features"].append({**_first(document), "properties": {"commune_code": f"{other.code:05}"}})
    shapes = read_boundaries(_saved(tmp_path, document), provinces=[_PROVINCE])
    assert (AreaLevel.COMMUNE, other.code) in shapes.synthetic
    with pytest.raises(BadBoundaries, match=r"The file lacks 215 communes: .* and 210 more"):
        read_boundaries(_saved(tmp_path, document))
