from datetime import UTC, datetime

import numpy as np

from schemas.enums import Category, Department
from streams.registry.snapshot import Areas, Places, Snapshot
from tests.streams.registry.records import area, device, place


def test_a_place_has_a_row_and_the_row_behind_the_last_is_unknown() -> None:
    records = {
        7: place(7, commune=300, category=Category.MARKET, department=Department.SCT),
        9: place(9, commune=400, category=Category.SCHOOL, department=Department.SGDDT),
    }
    places = Places.build(records)
    assert len(places) == 2
    assert places.index.rows(np.array([9, 7, 8])).tolist() == [1, 0, -1]
    assert places.category.tolist() == [Category.MARKET, Category.SCHOOL, 0]
    assert places.department.tolist() == [Department.SCT, Department.SGDDT, 0]
    assert places.commune.tolist() == [300, 400, 0]


def test_levels_of_a_commune_are_ordered_by_time_however_they_come() -> None:
    areas = Areas.build({1: area(1, risk=[(300, 3), (100, 1), (200, 2)]), 2: area(2), 3: area(3, risk=[(50, 4)])})
    assert len(areas) == 3
    assert areas.starts.tolist() == [0, 3, 3, 4, 4]
    assert areas.since_ms.tolist() == [100, 200, 300, 50]
    assert areas.level.tolist() == [1, 2, 3, 4]


def test_an_aware_time_counts_as_its_milliseconds() -> None:
    record = area(1)
    record["risk"] = [{"valid_from": datetime(2021, 6, 1, 0, 0, 0, 1000, UTC), "level": 2, "decision_ref": ""}]
    assert Areas.build({1: record}).since_ms.tolist() == [1_622_505_600_001]


def test_the_largest_codes_fit() -> None:
    areas = Areas.build({65_535: area(65_535, district=65_535, province=255)})
    assert (areas.district.tolist(), areas.province.tolist()) == ([65_535, 0], [255, 0])


def test_an_empty_registry_is_a_snapshot() -> None:
    snapshot = Snapshot.build(places={}, areas={}, devices={})
    assert (len(snapshot.places), len(snapshot.areas), len(snapshot.devices)) == (0, 0, 0)


def test_devices_are_counted_and_found() -> None:
    snapshot = Snapshot.build(places={}, areas={}, devices={5: device(5), 6: device(6)})
    assert len(snapshot.devices) == 2
    assert snapshot.devices.index.rows(np.array([6, 7])).tolist() == [1, -1]
