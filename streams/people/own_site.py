"""Tell who was scanned at the very site they are isolated at, which is no breach of their isolation."""

import numba
import numpy as np
import numpy.typing as npt

from streams.people.chains import kind_of, newest_of, older
from streams.people.layout import (
    AT_HOME,
    AT_SITE,
    FROM,
    ISOLATED,
    MOST_RECORDS,
    THING,
    TOLD,
    UNTIL,
    Ints,
    People,
    Words,
)
from streams.people.lookup import stands
from streams.people.mark import tag_of

#: Of a place: its number, whether it is an isolation site, and its commune.
_PLACE, _IS_SITE, _COMMUNE = 0, 1, 2


@numba.njit(cache=True, nogil=True)
def _names(records, newest, at, there):  # type: ignore[no-untyped-def]
    """Tell whether the event of an isolation names a place, or for a home its commune; without a site it may be any."""
    other = newest
    for _ in range(MOST_RECORDS):
        if other == 0:
            break
        is_same_event = (
            tag_of(records, other) == tag_of(records, at) and records[other - 1, TOLD] == records[at - 1, TOLD]
        )
        where = records[other - 1, THING]
        if kind_of(records, other) == AT_SITE and is_same_event:
            return there[_IS_SITE] != 0 if where == 0 else where == there[_PLACE]
        if kind_of(records, other) == AT_HOME and is_same_event:
            return where == there[_COMMUNE]
        other = older(records, other)
    return False


@numba.njit(cache=True, nogil=True)
def _is_own(records, newest, when, there):  # type: ignore[no-untyped-def]
    at = newest
    for _ in range(MOST_RECORDS):
        if at == 0:
            break
        holds = kind_of(records, at) == ISOLATED and records[at - 1, FROM] <= when < records[at - 1, UNTIL]
        if holds and stands(records, newest, at, when) and _names(records, newest, at, there):
            return True
        at = older(records, at)
    return False


@numba.njit(cache=True, nogil=True)
def _are_own(slots, records, subjects, there, event_ms):  # type: ignore[no-untyped-def]
    own = np.zeros(len(there), np.bool_)
    for row in range(len(there)):
        newest = newest_of(slots, subjects[row, 0], subjects[row, 1])
        own[row] = _is_own(records, newest, event_ms[row], there[row])
    return own


def are_at_own_sites(
    people: People,
    *,
    subjects: Words,
    places: Ints,
    is_site: npt.NDArray[np.bool_],
    communes: npt.NDArray[np.generic],
    event_ms: Ints,
) -> npt.NDArray[np.bool_]:
    """Tell which scans of isolated people are at a place that an isolation of theirs is ordered for.

    n rows each, `subjects` of shape (n, 2); `is_site` tells which places are registered as isolation sites: all of
    them are one's own where a centralised isolation names none. Isolated at home, all places in the home's commune are,
    by the places' `communes` (0: not known). Rule: domain.md 3.5, "any scan away from own site/home area".
    """
    there = np.column_stack((places, is_site, communes)).astype(np.int64)
    own: npt.NDArray[np.bool_] = _are_own(people.slots, people.records, np.ascontiguousarray(subjects), there, event_ms)
    return own
