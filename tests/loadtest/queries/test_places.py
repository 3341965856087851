"""Which places people of a region go to."""

import numpy as np

from loadtest.fleet import make_fleet
from loadtest.queries.places import in_regions, slots
from schemas.admin_units import communes

_FLEET = make_fleet(seed=1, places=500)
_DISTRICT = {unit.code: unit.district_code for unit in communes()}


def test_each_district_is_in_one_region_and_each_place_in_its_own() -> None:
    ranked = _FLEET.popularity["venue"].place_ids
    regions = in_regions(_FLEET, ranked, regions=3)
    assert sorted(np.concatenate(regions).tolist()) == sorted(ranked.tolist())
    districts = [{_DISTRICT[code] for code in _FLEET.commune[places - 1].tolist()} for places in regions]
    assert sum(map(len, districts)) == len(set.union(*districts))


def test_a_region_without_places_has_all() -> None:
    one = _FLEET.popularity["venue"].place_ids[:1]
    assert [places.tolist() for places in in_regions(_FLEET, one, regions=4)] == [one.tolist()] * 4


def test_every_number_of_every_region_draws_a_place_and_the_first_ranked_is_drawn_most() -> None:
    regions, numbers = 2, 4_096
    drawn = slots(_FLEET, dict.fromkeys(range(1, 501), 1), regions=regions, slots_each=numbers)
    assert drawn["slot"].to_pylist() == list(range(3 * regions * numbers))
    venues = drawn["place"].to_numpy()[: regions * numbers].reshape(regions, numbers)
    for places, region in zip(in_regions(_FLEET, _FLEET.popularity["venue"].place_ids, regions=2), venues, strict=True):
        assert set(region.tolist()) <= set(places.tolist())
        found, times = np.unique(region, return_counts=True)
        assert found[times.argmax()] == places[0]
