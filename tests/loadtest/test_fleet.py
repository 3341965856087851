"""Places of a fleet: numbered by kind and area, popular whatever their number."""

import numpy as np

from loadtest.fleet import make_fleet
from schemas.admin_units import communes
from schemas.enums import Category

_FLEET = make_fleet(seed=1, places=5_000)
_AREA = {unit.code: (unit.province_code, unit.district_code) for unit in communes()}


def test_numbers_go_by_kind_then_province_then_district() -> None:
    special = {Category.CHECKPOINT: 0, Category.PUBLIC_TRANSPORT_VEHICLE: 1}
    kinds = [special.get(Category(each), 2) for each in _FLEET.category.tolist()]
    numbered = [(kind, *_AREA[code]) for kind, code in zip(kinds, _FLEET.commune.tolist(), strict=True)]
    assert numbered == sorted(numbered)
    assert {kind: {province for of, province, _ in numbered if of == kind} for kind in (0, 1, 2)} == {
        kind: {province for province, _ in _AREA.values()} for kind in (0, 1, 2)
    }


def test_the_most_popular_places_are_of_all_provinces() -> None:
    ranked = _FLEET.popularity["venue"].place_ids
    busiest, others = ranked[: len(ranked) // 2], ranked[len(ranked) // 2 :]
    for places in (busiest, others):
        assert {_AREA[code][0] for code in _FLEET.commune[places - 1].tolist()} == {area[0] for area in _AREA.values()}
    assert np.any(np.diff(ranked) < 0)
    assert len(np.unique(ranked)) == len(ranked)
