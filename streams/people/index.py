"""The growing index of what is known of people: one thread adds, others read without locks.

Readers are safe because of an order: a record is written whole before the head of its chain names it, in two calls
between which the interpreter's lock is given up and taken again, which no compiler and no processor reorders writes
across. Slots are never freed or moved in place; growing fills new arrays and replaces the `People` object as a whole.
"""

from dataclasses import dataclass

import numba
import numpy as np

from streams.people.chains import find_slot, kind_of, older, takes_effect, takes_the_place
from streams.people.layout import (
    CASE_OVER,
    DOSE,
    FIRST,
    HEAD,
    ISOLATION_OVER,
    KIND_BITS,
    LINK,
    MOST_RECORDS,
    NOBODY,
    OWNER,
    PENDING,
    RECORD_WORDS,
    REVOKED,
    SECOND,
    SLOT_WORDS,
    TOLD,
    UNTIL,
    Ints,
    People,
    Words,
)
from streams.window.rules import VERY_LATE_MS

_LEAST_SLOTS, _LEAST_RECORDS = 4_096, 4_096
#: Above this linear probing walks too far.
_MOST_LOAD = 0.7
_GROWTH = 1.5


@numba.njit(cache=True, nogil=True)
def _is_there(records, newest, fact):  # type: ignore[no-untyped-def]
    """Tell whether one of a chain's newest records says the same."""
    at = newest
    for _ in range(MOST_RECORDS):
        if at == 0:
            return False
        same = kind_of(records, at) == fact[LINK]
        for word in range(LINK + 1, RECORD_WORDS):
            same = same and records[at - 1, word] == fact[word]
        if same:
            return True
        at = older(records, at)
    return False


@numba.njit(cache=True, nogil=True)
def _write(slots, records, used, keys, facts, touched):  # type: ignore[no-untyped-def]
    """Write records that no head names yet; return how many keys are new and how many records are used.

    `touched` gets the slot of each fact. A fact that is there already is not written again.
    """
    fresh = 0
    for row in range(len(keys)):
        first, second = keys[row, 0], keys[row, 1]
        slot = find_slot(slots, first, second)
        touched[row] = slot
        if slots[slot, FIRST] == 0 and slots[slot, SECOND] == 0:
            slots[slot, FIRST] = first
            slots[slot, SECOND] = second
            fresh += 1
        newest = np.int64(slots[slot, PENDING])
        if _is_there(records, newest, facts[row]):
            continue
        for word in range(RECORD_WORDS):
            records[used, word] = facts[row, word]
        records[used, LINK] = newest << KIND_BITS | facts[row, LINK]
        used += 1
        slots[slot, PENDING] = used
    return fresh, used


@numba.njit(cache=True, nogil=True)
def _publish(slots, touched):  # type: ignore[no-untyped-def]
    for row in range(len(touched)):
        slots[touched[row], HEAD] = slots[touched[row], PENDING]


@numba.njit(cache=True, nogil=True)
def _is_past(records, newest, at, horizon):  # type: ignore[no-untyped-def]
    """Tell whether a record says nothing of any time from `horizon` on, if all like it are forgotten with it."""
    kind = kind_of(records, at)
    if records[at - 1, TOLD] >= horizon or kind == DOSE:
        return False
    if kind in (ISOLATION_OVER, CASE_OVER, REVOKED, OWNER):
        return True
    if records[at - 1, UNTIL] <= horizon:
        return True
    other = newest
    for _ in range(MOST_RECORDS):
        if other == 0:
            return False
        if takes_the_place(records, other, at) and takes_effect(records, other) <= horizon:
            return True
        other = older(records, other)
    return False


@numba.njit(cache=True, nogil=True)
def _copy(slots, records, horizon, new_slots, new_records):  # type: ignore[no-untyped-def]
    """Copy what still says something, chains in their order; return how many keys and records that is."""
    known, used = 0, 0
    for slot in range(len(slots)):
        newest = np.int64(slots[slot, PENDING])
        at, head = newest, used
        while at != 0:
            if not _is_past(records, newest, at, horizon):
                new_records[used] = records[at - 1]
                new_records[used, LINK] = kind_of(records, at)
                if used > head:
                    new_records[used - 1, LINK] |= (used + 1) << KIND_BITS
                used += 1
            at = older(records, at)
        if used > head:
            place = find_slot(new_slots, slots[slot, FIRST], slots[slot, SECOND])
            new_slots[place] = slots[slot]
            new_slots[place, HEAD] = head + 1
            new_slots[place, PENDING] = head + 1
            known += 1
    return known, used


@dataclass(slots=True)
class PeopleIndex:
    """Adds facts; `people` is what readers take: as of their taking it, or newer."""

    people: People = NOBODY
    _used: int = 0

    def add(self, keys: Words, facts: Ints, *, logged_ms: int) -> None:
        """Add facts, in any order and as often as wanted; one thread at a time may.

        `keys` is of shape (n, 2), none of them zero. `facts` is of shape (n, 5), as a record with its kind alone in its
        first word. `logged_ms` is the newest broker time: when the arrays grow, what was told 28 days before it and
        says nothing about the time since is forgotten, because older scans are refused.
        """
        if not len(keys):
            return
        self._make_room(len(keys), horizon=logged_ms - VERY_LATE_MS)
        people, touched = self.people, np.empty(len(keys), np.int64)
        fresh, self._used = _write(people.slots, people.records, self._used, keys, facts, touched)
        _publish(people.slots, touched)
        self.people = People(people.slots, people.records, people.known + fresh)

    def _make_room(self, more: int, *, horizon: int) -> None:
        people = self.people
        most_known = int(_MOST_LOAD * len(people.slots))
        known, used = people.known + more, self._used + more
        if known <= most_known and used <= len(people.records):
            return
        capacity = len(people.slots) if known <= most_known else int(_GROWTH * known / _MOST_LOAD)
        room = len(people.records) if used <= len(people.records) else int(_GROWTH * used)
        slots = np.zeros((max(_LEAST_SLOTS, capacity), SLOT_WORDS), np.uint64)
        records = np.zeros((max(_LEAST_RECORDS, room), RECORD_WORDS), np.int64)
        known, self._used = _copy(people.slots, people.records, horizon, slots, records)
        self.people = People(slots, records, known)
