"""Join what is known of one person's several subjects: all of them get one chain with the records of all.

Links are records of the subjects' own chains. A joined chain is a copy, made anew whenever one of the own chains
changes, so that who looks somebody up walks one chain and knows nothing of links.
"""

import numba
import numpy as np

from streams.people.chains import find_slot, kind_of, older, own_newest
from streams.people.layout import (
    FAMILY_BITS,
    FIRST,
    FROM,
    HAS_LINKS,
    HEAD,
    LINK,
    LINKED,
    MOST_RECORDS,
    OLDER_BITS,
    PENDING,
    SECOND,
    THING,
)
from streams.people.links import is_later_link

#: Subjects of one person that are joined: those of the fewest links from the one that changed.
MOST_SUBJECTS = 32
_HAS_LINKS = np.uint64(HAS_LINKS)
_LINK_FAMILY = LINKED >> FAMILY_BITS
_LOW = (1 << OLDER_BITS) - 1


@numba.njit(cache=True, nogil=True)
def _counts(records, newest, at):  # type: ignore[no-untyped-def]
    """Tell whether a record is the link of two subjects that counts, and links them."""
    if kind_of(records, at) != LINKED:
        return False
    other = newest
    for _ in range(MOST_RECORDS):
        if other == 0:
            return True
        if other != at and is_later_link(records, other, at):
            return False
        other = older(records, other)
    return True


@numba.njit(cache=True, nogil=True)
def _subjects_of(slots, records, slot, found):  # type: ignore[no-untyped-def]
    """Fill `found` with the slots of a person's subjects, the given one first; return how many there are."""
    found[0], count, done = slot, 1, 0
    while done < count:
        newest = own_newest(slots, found[done])
        at = newest
        for _ in range(MOST_RECORDS):
            if at == 0:
                break
            if count < len(found) and _counts(records, newest, at):
                other = find_slot(slots, np.uint64(records[at - 1, THING]), np.uint64(records[at - 1, FROM]))
                is_there = slots[other, FIRST] != 0 or slots[other, SECOND] != 0
                if is_there and not (found[:count] == other).any():
                    found[count] = other
                    count += 1
            at = older(records, at)
        done += 1
    return count


@numba.njit(cache=True, nogil=True)
def _write_joined(slots, records, used, subjects):  # type: ignore[no-untyped-def]
    """Write a chain of the newest records of some slots, links left out; return its head and how many are used.

    The slots take turns, the newest record of each first, until there are `MOST_RECORDS`.
    """
    first, at = used, np.empty(len(subjects), np.int64)
    for one in range(len(subjects)):
        at[one] = own_newest(slots, subjects[one])
    while at.any() and used - first < MOST_RECORDS:
        for one in range(len(subjects)):
            while at[one] != 0 and kind_of(records, at[one]) >> FAMILY_BITS == _LINK_FAMILY:
                at[one] = older(records, at[one])
            if at[one] != 0 and used - first < MOST_RECORDS:
                records[used] = records[at[one] - 1]
                records[used, LINK] &= _LOW
                if used > first:
                    records[used - 1, LINK] |= (used + 1) << OLDER_BITS
                used += 1
                at[one] = older(records, at[one])
    return (first + 1 if used > first else 0), used


@numba.njit(cache=True, nogil=True)
def join(slots, records, used, keys, start, out_slots, out_heads, once):  # type: ignore[no-untyped-def]
    """Join the persons of some keys, from number `start` on; with `once` each person for one of their keys only.

    Nothing that readers look at is changed: what heads are to be is in `out_slots` and `out_heads`, in that order.
    Returns the number of the key that found no room (the number of keys if all did), how many heads there are, and how
    many records are used.
    """
    subjects, count = np.empty(MOST_SUBJECTS, np.int64), 0
    for row in range(start, len(keys)):
        slot = find_slot(slots, keys[row, 0], keys[row, 1])
        if slots[slot, PENDING] & _HAS_LINKS == 0:
            continue
        if used + MOST_RECORDS > len(records) or count + MOST_SUBJECTS > len(out_slots):
            return row, count, used
        several = _subjects_of(slots, records, slot, subjects)
        if once and several < MOST_SUBJECTS and subjects[:several].min() != slot:
            continue
        head, used = _write_joined(slots, records, used, subjects[:several])
        for one in range(several):
            out_slots[count], out_heads[count] = subjects[one], head
            count += 1
    return len(keys), count, used


@numba.njit(cache=True, nogil=True)
def publish(slots, out_slots, out_heads):  # type: ignore[no-untyped-def]
    """Let readers see joined chains."""
    for row in range(len(out_slots)):
        slots[out_slots[row], HEAD] = out_heads[row]
