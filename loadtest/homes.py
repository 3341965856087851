"""In which province simulated people live: nearly all their scans are there, wherever a scenario's places are."""

from functools import cache

import numpy as np

from loadtest.draw import Field, Ints, uniform
from loadtest.fleet import Fleet
from schemas.admin_units import communes
from schemas.kinds import VENUE

#: Of each so many people in a row some live in every province, in proportion to the visits its venues get.
_ROW = 100
#: Share of visits by people who came from anywhere: the orders let few cross a province's border.
_TRAVELLERS = 0.001
_PROVINCES = len({commune.province_code for commune in communes()})


def at_home(person: Ints, *, seed: int, visit: Ints, place: Ints, fleet: Fleet, people: int) -> Ints:
    """Return for each visit a person near `person` who lives in the place's province; the same one for a traveller.

    All people stay below `people`. Where a person lives depends on the fleet alone, not on feed or seed. Places beyond
    the fleet's are in no province.
    """
    first, count = _residents(fleet)
    province = _province_of_code()[fleet.commune[np.where(place <= fleet.places, place, 1) - 1]]
    at = (uniform(seed, Field.HOME, visit) * count[province]).astype(np.int64)
    resident = person - person % _ROW + first[province] + at
    stays = (place <= fleet.places) & (resident < people) & (uniform(seed, Field.TRAVEL, visit) >= _TRAVELLERS)
    return np.where(stays, resident, person)


def _residents(fleet: Fleet) -> tuple[Ints, Ints]:
    """Return for each province where its people begin in a row, and how many they are."""
    venues = fleet.popularity[VENUE.name]
    visits = np.diff(venues.cumulative, prepend=0.0)
    share = np.bincount(_province_of_code()[fleet.commune[venues.place_ids - 1]], visits, minlength=_PROVINCES)
    edges = np.round(np.cumsum(share) * _ROW).astype(np.int64)
    return np.append(0, edges[:-1]), np.diff(edges, prepend=0)


@cache
def _province_of_code() -> Ints:
    """Return the province of each commune code (its place among the five by code); what is no code is in the first."""
    codes = np.array([commune.code for commune in communes()])
    _, province = np.unique([commune.province_code for commune in communes()], return_inverse=True)
    found = np.zeros(codes.max() + 1, np.int64)
    found[codes] = province
    return found
