"""Tell who was scanned at the very site they are isolated at, which is no breach of their isolation."""

import numba
import numpy as np
import numpy.typing as npt

from streams.people.chains import kind_of, newest_of, older
from streams.people.layout import AT_SITE, FROM, ISOLATED, MOST_RECORDS, THING, TOLD, UNTIL, Ints, People, Words
from streams.people.lookup import stands
from streams.people.mark import tag_of


@numba.njit(cache=True, nogil=True)
def _names(records, newest, at, place, is_site):  # type: ignore[no-untyped-def]
    """Tell whether the event of an isolation names a place; an order for a site it does not name, any site."""
    other = newest
    for _ in range(MOST_RECORDS):
        if other == 0:
            break
        is_same_event = (
            tag_of(records, other) == tag_of(records, at) and records[other - 1, TOLD] == records[at - 1, TOLD]
        )
        if kind_of(records, other) == AT_SITE and is_same_event:
            site = records[other - 1, THING]
            return is_site if site == 0 else site == place
        other = older(records, other)
    return False


@numba.njit(cache=True, nogil=True)
def _is_own(records, newest, when, place, is_site):  # type: ignore[no-untyped-def]
    at = newest
    for _ in range(MOST_RECORDS):
        if at == 0:
            break
        holds = kind_of(records, at) == ISOLATED and records[at - 1, FROM] <= when < records[at - 1, UNTIL]
        if holds and stands(records, newest, at, when) and _names(records, newest, at, place, is_site):
            return True
        at = older(records, at)
    return False


@numba.njit(cache=True, nogil=True)
def _are_own(slots, records, subjects, places, is_site, event_ms):  # type: ignore[no-untyped-def]
    own = np.zeros(len(places), np.bool_)
    for row in range(len(places)):
        newest = newest_of(slots, subjects[row, 0], subjects[row, 1])
        own[row] = _is_own(records, newest, event_ms[row], places[row], is_site[row])
    return own


def are_at_own_sites(
    people: People, *, subjects: Words, places: Ints, is_site: npt.NDArray[np.bool_], event_ms: Ints
) -> npt.NDArray[np.bool_]:
    """Tell which scans of isolated people are at a place that an isolation of theirs is ordered for.

    n rows each, `subjects` of shape (n, 2); `is_site` tells which places are registered as isolation sites: all of
    them are one's own where a centralised isolation names none. Isolated at home, nobody has a site. Rule: domain.md
    3.5, "any scan away from own site".
    """
    those = np.ascontiguousarray(subjects)
    own: npt.NDArray[np.bool_] = _are_own(people.slots, people.records, those, places, is_site, event_ms)
    return own
