"""The risk map as GeoJSON: valid by RFC 7946, complete, and plain about what is hidden and what is made up."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
import pytest

from schemas.admin_units import communes
from schemas.report_enums import AreaLevel
from sinks.maps.cells import synthetic_shapes
from sinks.maps.documents import NAMES, Wanted, documents
from sinks.maps.public import PublicArea
from sinks.maps.risk_map import risk_map
from sinks.maps.shapes import Area, Shapes
from tests.sinks.maps.geometry import assert_sound

_DAY = date(2021, 8, 1)


def _area(level: AreaLevel, code: str, **more: Any) -> PublicArea:
    told: dict[str, Any] = {
        "level": level.name,
        "code": code,
        "name": f"Xã {code}",
        "district_code": "436",
        "province_code": "42",
        "risk_level": 3,
        "decided_level": None,
        "computed_level": 3,
        "scheme": "CT15",
        "strictest_scheme": "CT16",
        "communes_at": (0, 0, 0, 1, 0),
        "scans": 40,
        "people": 12,
        "cases": None,
        "suppressed": True,
        "places_safe": 1,
        "places_fair": 2,
        "places_unsafe": 3,
    }
    return PublicArea(**told | more)


def _drawn(areas: list[PublicArea], level: AreaLevel, shapes: Shapes | None = None) -> dict[str, Any]:
    drawn = risk_map(areas, shapes or synthetic_shapes(), level=level, day=_DAY)
    decoded: dict[str, Any] = json.loads(msgspec.json.encode(drawn))
    return decoded


def _polygons(geometry: Mapping[str, Any]) -> Any:
    return [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]


def test_every_commune_is_a_feature_with_its_box() -> None:
    every = [_area(AreaLevel.COMMUNE, f"{unit.code:05}") for unit in communes()]
    drawn = _drawn([*every, _area(AreaLevel.DISTRICT, "436")], AreaLevel.COMMUNE)
    assert drawn["type"] == "FeatureCollection"
    assert [feature["id"] for feature in drawn["features"]] == [f"{unit.code:05}" for unit in communes()]
    for feature in drawn["features"]:
        assert feature["type"] == "Feature"
        ((outer,),) = _polygons(feature["geometry"])
        assert_sound([(tuple(tuple(at) for at in outer),)])
        west, south, east, north = feature["bbox"]
        assert (min(outer), max(outer)) == ([west, south], [east, north])
        assert drawn["bbox"][0] <= west < east <= drawn["bbox"][2]
        assert drawn["bbox"][1] <= south < north <= drawn["bbox"][3]


def test_properties_are_flat_and_say_what_is_hidden_and_what_is_made_up() -> None:
    (feature,) = _drawn([_area(AreaLevel.COMMUNE, "18070")], AreaLevel.COMMUNE)["features"]
    assert feature["properties"] == {
        "level": "COMMUNE",
        "code": "18070",
        "name": "Xã 18070",
        "district_code": "436",
        "province_code": "42",
        "risk_level": 3,
        "risk_name": "Nguy cơ cao",
        "fill": "#fb8c00",
        "decided_level": None,
        "scheme": "CT15",
        "strictest_scheme": "CT16",
        "scans": 40,
        "people": 12,
        "cases": None,
        "suppressed": True,
        "places_safe": 1,
        "places_fair": 2,
        "places_unsafe": 3,
        "synthetic": True,
    }


def test_a_district_tells_what_its_level_was_computed_from() -> None:
    drawn = _drawn([_area(AreaLevel.DISTRICT, "436")], AreaLevel.DISTRICT)
    properties = drawn["features"][0]["properties"]
    assert (properties["computed_level"], properties["communes_at"]) == (3, [0, 0, 0, 1, 0])
    assert (drawn["day"], drawn["level"], drawn["least_shown"], drawn["synthetic"]) == (
        "2021-08-01",
        "DISTRICT",
        10,
        True,
    )


def test_real_shapes_are_not_called_synthetic_and_several_parts_are_a_multipolygon() -> None:
    key: Area = (AreaLevel.COMMUNE, 18070)
    ring = ((105.0, 18.0), (105.1, 18.0), (105.1, 18.1), (105.0, 18.0))
    parts = ((ring,), (tuple((longitude + 1, latitude) for longitude, latitude in ring),))
    drawn = _drawn(
        [_area(AreaLevel.COMMUNE, "18070")], AreaLevel.COMMUNE, Shapes(polygons={key: parts}, synthetic=set())
    )
    (feature,) = drawn["features"]
    assert (drawn["synthetic"], feature["properties"]["synthetic"]) == (False, False)
    assert feature["geometry"]["type"] == "MultiPolygon"
    assert feature["bbox"] == drawn["bbox"] == [105.0, 18.0, 106.1, 18.1]


def test_a_map_of_nothing_has_no_box() -> None:
    drawn = _drawn([], AreaLevel.COMMUNE)
    assert drawn["features"] == []
    assert "bbox" not in drawn


class _Answer:
    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self._rows = rows

    def named_results(self) -> list[dict[str, Any]]:
        return self._rows


class _Client:
    """Answers with one area, or one place whose name has all that CSV must quote."""

    asked: list[str]

    def __init__(self) -> None:
        self.asked = []

    def query(self, text: str, parameters: Mapping[str, Any]) -> _Answer:
        assert parameters["province"] == 42
        self.asked.append("places" if "public_place_safety" in text else "areas")
        above = {"district": 436, "province": 42}
        if self.asked[-1] == "places":
            told = {"place_id": 7, "name": 'Quán "Hoa", 2', "category": "CAFE", "commune": 1, "safety_level": "SAFE"}
            return _Answer([{**told, **above, "assessed": _DAY}])
        area = msgspec.structs.asdict(_area(AreaLevel.COMMUNE, "00001"))
        regimes = {"regime": "CT15", "strictest_regime": "CT16"}
        return _Answer([{**area, **above, **regimes, "code": 18070, "suppressed": 1, "communes_at": [0, 0, 0, 1, 0]}])


def test_tables_keep_codes_as_texts_and_hidden_counts_empty() -> None:
    client: Any = _Client()
    made = documents(client, Wanted(day=_DAY, province=42, shapes=synthetic_shapes()))
    bodies = {document.name: document.body.decode() for document in made}
    assert [document.name for document in made] == list(NAMES)
    assert client.asked == ["areas", "places"]
    (area,) = csv.DictReader(io.StringIO(bodies["areas.csv"]))
    assert (area["code"], area["people"], area["cases"], area["communes_at"]) == ("18070", "12", "", "0 0 0 1 0")
    assert json.loads(bodies["areas.json"])["rows"][0]["cases"] is None
    (place,) = csv.DictReader(io.StringIO(bodies["place-safety.csv"]))
    assert (place["name"], place["commune_code"], place["assessed"]) == ('Quán "Hoa", 2', "00001", "2021-08-01")
    assert json.loads(bodies["place-safety.json"])["rows"][0]["safety_level"] == "SAFE"


@pytest.mark.parametrize("name", ["areas.csv", "place-safety.json"])
def test_only_what_is_wanted_is_asked_for(name: str) -> None:
    client: Any = _Client()
    (document,) = documents(client, Wanted(day=_DAY, province=42, shapes=synthetic_shapes()), [name])
    assert (document.name, document.rows) == (name, 1)
    assert len(client.asked) == 1
