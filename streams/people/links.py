"""Which of the links told of the same two subjects counts: a compiled step that joining and forgetting share."""

import numba

from streams.people.chains import kind_of, told_of
from streams.people.layout import FAMILY_BITS, FROM, LINKED, THING, TIE, UNTIL

_LINK_FAMILY = LINKED >> FAMILY_BITS


@numba.njit(cache=True, nogil=True)
def is_later_link(records, later, at):  # type: ignore[no-untyped-def]
    """Tell whether a link of the same two subjects counts instead of another: told later, or then of greater id.

    All 16 bytes of the ids are compared, as in `schemas.links` and the views, so that workers and analysts join the
    same documents: ids that begin alike are no rarity, as their first half may be the time they were made.
    """
    if kind_of(records, later) >> FAMILY_BITS != _LINK_FAMILY:
        return False
    if records[later - 1, THING] != records[at - 1, THING] or records[later - 1, FROM] != records[at - 1, FROM]:
        return False
    if told_of(records, later) != told_of(records, at):
        return told_of(records, later) > told_of(records, at)
    if records[later - 1, UNTIL] != records[at - 1, UNTIL]:
        return records[later - 1, UNTIL] > records[at - 1, UNTIL]
    if records[later - 1, TIE] != records[at - 1, TIE]:
        return records[later - 1, TIE] > records[at - 1, TIE]
    # One id used for both, which ids are not for: whatever arrives first, documents are then rather not joined.
    return kind_of(records, later) > kind_of(records, at)
