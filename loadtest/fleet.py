"""The places and devices a scenario's people meet: how many of each category, where, and how popular."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loadtest.draw import Ints
from schemas.admin_units import communes
from schemas.enums import Category
from schemas.kinds import CHECKPOINT, VEHICLE, VENUE, Feed

#: Share of registered places with at least one scan a day (Hanoi, 17/10/2021: 68,827 of 613,266).
_ACTIVE_SHARE = 0.112
#: Exponent of popularity by rank; the busiest of 2,000 active places then gets about 6 % of all scans, as an
#: industrial park does at a change of shifts.
_ZIPF_EXPONENT = 0.9
_MOST_GATES = 3
_CHECKPOINT_SHARE, _VEHICLE_SHARE = 0.01, 0.08

#: How common the categories of venues are, relative to each other.
_VENUES = {
    Category.AGENCY_HQ: 3,
    Category.CITIZEN_RECEPTION: 1,
    Category.PUBLIC_ADMIN_CENTER: 1,
    Category.ONE_STOP_DISTRICT: 1,
    Category.ONE_STOP_COMMUNE: 3,
    Category.ONE_STOP_VERTICAL: 1,
    Category.HOSPITAL: 1,
    Category.HEALTH_FACILITY: 4,
    Category.SCHOOL: 6,
    Category.TRAINING: 2,
    Category.COMPANY: 14,
    Category.FACTORY: 6,
    Category.PRODUCTION_BUSINESS: 10,
    Category.SUPERMARKET: 3,
    Category.HOTEL: 2,
    Category.LODGING: 3,
    Category.RESTAURANT: 8,
    Category.EATERY: 14,
    Category.CAFE: 12,
    Category.PUBLIC_SERVICE_POINT: 2,
    Category.STATE_AGENCY: 3,
    Category.PUBLIC_PLACE: 3,
    Category.CROWDED_PLACE: 2,
    Category.ISOLATION_SITE: 1,
    Category.MARKET: 4,
    Category.OTHER: 2,
}


@dataclass(frozen=True, slots=True)
class Popularity:
    """Places by rank and the running share of scans up to each rank."""

    place_ids: Ints
    cumulative: npt.NDArray[np.float64]

    def choose(self, uniform: npt.NDArray[np.float64]) -> Ints:
        """Return a place for each number in [0, 1)."""
        return self.place_ids[np.searchsorted(self.cumulative, uniform, side="right")]


@dataclass(frozen=True, slots=True)
class Fleet:
    """Registered places 1 to n and their devices; row `place_id - 1` of each array is that place.

    A place has `gates` gates, numbered from 1 (0 where it has only one), and one device at each.
    """

    seed: int
    category: Ints
    commune: Ints
    gates: Ints
    popularity: dict[str, Popularity]

    @property
    def places(self) -> int:
        """Number of registered places."""
        return len(self.category)

    def device_ids(self) -> Ints:
        """Return every enrolled device."""
        place = np.repeat(np.arange(1, self.places + 1), self.gates)
        gate = np.concatenate([np.arange(count) for count in self.gates])
        return device_at(place, gate)


def device_at(place_id: Ints, gate: Ints) -> Ints:
    """Return the device at a place's gate, counted from 0."""
    return place_id * 4 + gate


def place_of_device(device_id: int) -> int:
    """Return the place a device is at."""
    return device_id // 4


def make_fleet(*, seed: int = 1, places: int = 20_000) -> Fleet:
    """Return a fleet of `places` places over the five provinces (at least 100, so that every feed has some).

    Checkpoints have the first numbers, then vehicles, then venues; within each, numbers go by province, then by
    district, as docs/places.md recommends. How popular a place is does not depend on its number.
    """
    if places < 100:
        raise ValueError("a fleet has at least 100 places")
    random = np.random.default_rng(seed)
    checkpoints, vehicles = int(places * _CHECKPOINT_SHARE), int(places * _VEHICLE_SHARE)
    weights = np.array(list(_VENUES.values()), float)
    category = random.choice([int(each) for each in _VENUES], places, p=weights / weights.sum())
    category[:checkpoints] = Category.CHECKPOINT
    category[checkpoints : checkpoints + vehicles] = Category.PUBLIC_TRANSPORT_VEHICLE
    gates = 1 + random.binomial(_MOST_GATES - 1, 0.25, places)
    popularity = {feed.name: _popularity(_serving(feed, category), random) for feed in (VENUE, CHECKPOINT, VEHICLE)}
    kinds = (checkpoints, vehicles, places - checkpoints - vehicles)
    commune = np.concatenate([_communes(count, random) for count in kinds])
    return Fleet(seed, category, commune, gates, popularity)


def _communes(places: int, random: np.random.Generator) -> Ints:
    units = sorted(communes(), key=lambda commune: (commune.province_code, commune.district_code, commune.code))
    chosen = np.sort(random.integers(len(units), size=places))
    return np.array([unit.code for unit in units])[chosen]


def _serving(feed: Feed, category: Ints) -> Ints:
    special = {CHECKPOINT.name: Category.CHECKPOINT, VEHICLE.name: Category.PUBLIC_TRANSPORT_VEHICLE}
    if feed.name in special:
        return np.flatnonzero(category == special[feed.name]) + 1
    return np.flatnonzero(~np.isin(category, [int(each) for each in special.values()])) + 1


def _popularity(place_ids: Ints, random: np.random.Generator) -> Popularity:
    active = max(1, int(len(place_ids) * _ACTIVE_SHARE))
    return by_rank(random.permutation(place_ids)[:active])


def by_rank(place_ids: Ints) -> Popularity:
    """Return how popular places are, the most popular first (one at least), by Zipf's law."""
    weight = np.arange(1, len(place_ids) + 1, dtype=float) ** -_ZIPF_EXPONENT
    cumulative = np.cumsum(weight) / weight.sum()
    cumulative[-1] = 1.0
    return Popularity(place_ids, cumulative)
