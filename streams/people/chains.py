"""Walk slots and chains: the compiled steps that adding and looking up share."""

import numba
import numpy as np

from streams.people.layout import (
    AT_SITE,
    FAMILY_BITS,
    FIRST,
    FROM,
    GRANTED,
    HAS_LINKS,
    HEAD,
    KIND_BITS,
    LINK,
    OLDER_BITS,
    PENDING,
    REVOKED,
    SECOND,
    THING,
    TOLD,
    TOLD_TAG_BITS,
    UNTIL,
)
from streams.window.table import home

_KIND_MASK = (1 << KIND_BITS) - 1
_NUMBER = np.uint64(HAS_LINKS - 1)
_PASS_FAMILY, _SITE_FAMILY = GRANTED >> FAMILY_BITS, AT_SITE >> FAMILY_BITS


@numba.njit(cache=True, nogil=True, inline="always")
def find_slot(slots, first, second):  # type: ignore[no-untyped-def]
    """Return the slot of a key, or the free one where it would be."""
    slot = home(first, second, len(slots))
    while (slots[slot, FIRST] != first or slots[slot, SECOND] != second) and (
        slots[slot, FIRST] != 0 or slots[slot, SECOND] != 0
    ):
        slot += 1
        if slot == len(slots):
            slot = 0
    return slot


@numba.njit(cache=True, nogil=True, inline="always")
def newest_of(slots, first, second):  # type: ignore[no-untyped-def]
    """Return a key's newest record, 0 for none.

    The slot found free may have become another key's since: so its key is compared again after its head was read.
    """
    slot = find_slot(slots, first, second)
    newest = np.int64(slots[slot, HEAD])
    return newest if slots[slot, FIRST] == first and slots[slot, SECOND] == second else np.int64(0)


@numba.njit(cache=True, nogil=True, inline="always")
def own_newest(slots, slot):  # type: ignore[no-untyped-def]
    """Return a slot's newest record of its own key as the writer sees it, 0 for none."""
    return np.int64(slots[slot, PENDING] & _NUMBER)


@numba.njit(cache=True, nogil=True, inline="always")
def kind_of(records, at):  # type: ignore[no-untyped-def]
    """Return a record's kind; records are counted from 1."""
    return records[at - 1, LINK] & _KIND_MASK


@numba.njit(cache=True, nogil=True, inline="always")
def older(records, at):  # type: ignore[no-untyped-def]
    """Return the record that came before one in its chain; 0 for none."""
    return records[at - 1, LINK] >> OLDER_BITS


@numba.njit(cache=True, nogil=True, inline="always")
def told_of(records, at):  # type: ignore[no-untyped-def]
    """Return when a record's event was told, in ms."""
    return records[at - 1, TOLD] >> TOLD_TAG_BITS


@numba.njit(cache=True, nogil=True)
def takes_effect(records, at):  # type: ignore[no-untyped-def]
    """Return from when on a record counts: what is said of a pass from its telling on, else from the time it names."""
    if kind_of(records, at) >> FAMILY_BITS == _PASS_FAMILY:
        return told_of(records, at)
    return records[at - 1, FROM]


@numba.njit(cache=True, nogil=True)
def takes_the_place(records, later, at):  # type: ignore[no-untyped-def]
    """Tell whether record `later`, once it is in effect, leaves nothing of record `at`.

    What was told last of an isolation or a case does. A pass is no longer what it was granted for once it is revoked,
    at the same time or later, and no longer revoked once it is granted anew. A site goes with its isolation.
    """
    one, other = kind_of(records, at), kind_of(records, later)
    if one >> FAMILY_BITS == _SITE_FAMILY or one >> FAMILY_BITS != other >> FAMILY_BITS:
        return False
    if records[at - 1, THING] != records[later - 1, THING]:
        return False
    if one >> FAMILY_BITS == _PASS_FAMILY:
        if one == other:
            return False
        told = told_of(records, later) - told_of(records, at)
        return told >= 0 if other == REVOKED else told > 0
    if told_of(records, later) != told_of(records, at):
        return told_of(records, later) > told_of(records, at)
    if one != other:
        return other > one
    if records[later - 1, FROM] != records[at - 1, FROM]:
        return records[later - 1, FROM] > records[at - 1, FROM]
    return records[later - 1, UNTIL] > records[at - 1, UNTIL]
