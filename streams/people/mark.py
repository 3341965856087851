"""Mark the records of an event as withdrawn, or as standing again: compiled steps."""

import numba
import numpy as np

from streams.people.chains import find_slot, kind_of, older, own_newest
from streams.people.layout import (
    FAMILY_BITS,
    FROM,
    GRANTED,
    KIND_BITS,
    LINK,
    LINK_TAG_BITS,
    MOST_RECORDS,
    OWNER,
    THING,
    TOLD,
    TOLD_TAG_BITS,
    WITHDRAWN,
)

_PASS_FAMILY = GRANTED >> FAMILY_BITS
_LINK_TAG, _TOLD_TAG = (1 << LINK_TAG_BITS) - 1, (1 << TOLD_TAG_BITS) - 1


@numba.njit(cache=True, nogil=True, inline="always")
def tag_of(records, at):  # type: ignore[no-untyped-def]
    """Return the tag of a record's event."""
    link, told = records[at - 1, LINK], records[at - 1, TOLD]
    return (link >> KIND_BITS & _LINK_TAG) << TOLD_TAG_BITS | told & _TOLD_TAG


@numba.njit(cache=True, nogil=True, inline="always")
def _set(records, at, withdrawn):  # type: ignore[no-untyped-def]
    """Change one word, so that who reads the record sees it as it was or as it is."""
    link = records[at - 1, LINK]
    records[at - 1, LINK] = link | WITHDRAWN if withdrawn else link & ~WITHDRAWN


@numba.njit(cache=True, nogil=True)
def mark(slots, records, first, second, tag, withdrawn):  # type: ignore[no-untyped-def]
    """Mark what an event told of the subject of these two words; return the thing, if it is a pass, else 0."""
    at, thing = own_newest(slots, find_slot(slots, first, second)), np.int64(0)
    for _ in range(MOST_RECORDS):
        if at == 0:
            break
        if tag_of(records, at) == tag:
            _set(records, at, withdrawn)
            if (kind_of(records, at) & ~WITHDRAWN) >> FAMILY_BITS == _PASS_FAMILY:
                thing = records[at - 1, THING]
        at = older(records, at)
    return thing


@numba.njit(cache=True, nogil=True)
def mark_pass(records, used, thing, first, second, tag, withdrawn):  # type: ignore[no-untyped-def]
    """Mark what the event told of the pass itself, wherever that is: the pass's number is not known any more."""
    for at in range(1, used + 1):
        if tag_of(records, at) == tag:
            kind = kind_of(records, at) & ~WITHDRAWN
            is_owner = kind == OWNER and records[at - 1, THING] == first and records[at - 1, FROM] == second
            if is_owner or (kind >> FAMILY_BITS == _PASS_FAMILY and records[at - 1, THING] == thing):
                _set(records, at, withdrawn)
