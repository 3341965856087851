"""Copy the index without what says nothing any more: a compiled step of its growing."""

import numba
import numpy as np

from streams.people.chains import find_slot, kind_of, older, own_newest, takes_effect, takes_the_place, told_of
from streams.people.layout import (
    CASE_OVER,
    DOSE,
    FAMILY_BITS,
    FIRST,
    HAS_LINKS,
    HEAD,
    ISOLATION_OVER,
    LINK,
    LINKED,
    MOST_RECORDS,
    OLDER_BITS,
    OWNER,
    PENDING,
    REVOKED,
    SECOND,
    UNTIL,
)
from streams.people.links import is_later_link

_HAS_LINKS = np.uint64(HAS_LINKS)
_LINK_FAMILY = LINKED >> FAMILY_BITS
_LOW = (1 << OLDER_BITS) - 1


@numba.njit(cache=True, nogil=True)
def _is_past(records, newest, at, horizon):  # type: ignore[no-untyped-def]
    """Tell whether a record says nothing of any time from `horizon` on, if all like it are forgotten with it."""
    kind = kind_of(records, at)
    is_link = kind >> FAMILY_BITS == _LINK_FAMILY
    if not is_link:
        if told_of(records, at) >= horizon or kind == DOSE:
            return False
        if kind in (ISOLATION_OVER, CASE_OVER, REVOKED, OWNER) or records[at - 1, UNTIL] <= horizon:
            return True
    other = newest
    for _ in range(MOST_RECORDS):
        if other == 0:
            return False
        if is_link:
            if is_later_link(records, other, at):
                return True
        elif takes_the_place(records, other, at) and takes_effect(records, other) <= horizon:
            return True
        other = older(records, other)
    return False


@numba.njit(cache=True, nogil=True)
def copy_without_past(slots, records, horizon, new_slots, new_records):  # type: ignore[no-untyped-def]
    """Copy what still says something, chains in their order; return how many keys and records that is.

    Heads name the keys' own records: those that are linked are still to be joined.
    """
    known, used = 0, 0
    for slot in range(len(slots)):
        newest = own_newest(slots, slot)
        at, head = newest, used
        while at != 0:
            if not _is_past(records, newest, at, horizon):
                new_records[used] = records[at - 1]
                new_records[used, LINK] = records[at - 1, LINK] & _LOW
                if used > head:
                    new_records[used - 1, LINK] |= (used + 1) << OLDER_BITS
                used += 1
            at = older(records, at)
        if used > head:
            place = find_slot(new_slots, slots[slot, FIRST], slots[slot, SECOND])
            new_slots[place] = slots[slot]
            new_slots[place, HEAD] = head + 1
            new_slots[place, PENDING] = np.uint64(head + 1) | slots[slot, PENDING] & _HAS_LINKS
            known += 1
    return known, used
