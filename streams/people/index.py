"""The growing index of what is known of people: one thread adds, others read without locks.

Readers are safe because of an order: a record is written whole before the head of its chain names it, in two calls
between which the interpreter's lock is given up and taken again, which no compiler and no processor reorders writes
across. Slots are never freed or moved in place; growing fills new arrays and replaces the `People` object as a whole.
"""

from dataclasses import dataclass

import numba
import numpy as np

from streams.people.chains import find_slot, older, own_newest
from streams.people.facts import tags_of
from streams.people.forget import copy_without_past
from streams.people.joined import MOST_SUBJECTS, join, publish
from streams.people.layout import (
    FAMILY_BITS,
    FIRST,
    HAS_LINKS,
    HEAD,
    KIND_BITS,
    LINK,
    LINKED,
    MOST_RECORDS,
    NOBODY,
    OLDER_BITS,
    PENDING,
    RECORD_WORDS,
    SECOND,
    SLOT_WORDS,
    WITHDRAWN,
    Ints,
    People,
    Words,
)
from streams.people.mark import mark, mark_pass
from streams.window.rules import VERY_LATE_MS

_LEAST_SLOTS, _LEAST_RECORDS = 4_096, 4_096
#: Above this linear probing walks too far.
_MOST_LOAD = 0.7
_GROWTH = 1.5
#: Heads that are written at a time.
_HEADS = 1_024
_HAS_LINKS = np.uint64(HAS_LINKS)
_LINK_FAMILY = LINKED >> FAMILY_BITS
_KIND_MASK = (1 << KIND_BITS) - 1
_SAID = (1 << OLDER_BITS) - 1 & ~WITHDRAWN


@numba.njit(cache=True, nogil=True)
def _is_there(records, newest, fact):  # type: ignore[no-untyped-def]
    """Tell whether one of a chain's newest records says the same, be it withdrawn or not."""
    at = newest
    for _ in range(MOST_RECORDS):
        if at == 0:
            return False
        same = records[at - 1, LINK] & _SAID == fact[LINK] & _SAID
        for word in range(LINK + 1, RECORD_WORDS):
            same = same and records[at - 1, word] == fact[word]
        if same:
            return True
        at = older(records, at)
    return False


@numba.njit(cache=True, nogil=True)
def _write(slots, records, used, keys, facts, touched):  # type: ignore[no-untyped-def]
    """Write records that no head names yet; return how many keys are new, how many records are used, and if any links.

    `touched` gets the slot of each fact. A fact that is there already is not written again.
    """
    fresh, joined = 0, False
    for row in range(len(keys)):
        first, second = keys[row, 0], keys[row, 1]
        slot = find_slot(slots, first, second)
        touched[row] = slot
        if slots[slot, FIRST] == 0 and slots[slot, SECOND] == 0:
            slots[slot, FIRST] = first
            slots[slot, SECOND] = second
            fresh += 1
        newest, links = own_newest(slots, slot), slots[slot, PENDING] & _HAS_LINKS
        if (facts[row, LINK] & _KIND_MASK) >> FAMILY_BITS == _LINK_FAMILY:
            links = _HAS_LINKS
        joined = joined or links != 0
        if _is_there(records, newest, facts[row]):
            continue
        for word in range(RECORD_WORDS):
            records[used, word] = facts[row, word]
        records[used, LINK] = newest << OLDER_BITS | facts[row, LINK]
        used += 1
        slots[slot, PENDING] = np.uint64(used) | links
    return fresh, used, joined


@numba.njit(cache=True, nogil=True)
def _publish(slots, touched):  # type: ignore[no-untyped-def]
    """Let readers see the own chains of slots without links."""
    for row in range(len(touched)):
        if slots[touched[row], PENDING] & _HAS_LINKS == 0:
            slots[touched[row], HEAD] = slots[touched[row], PENDING]


@dataclass(slots=True)
class PeopleIndex:
    """Adds facts; `people` is what readers take: as of their taking it, or newer."""

    people: People = NOBODY
    _used: int = 0

    def add(self, keys: Words, facts: Ints, *, logged_ms: int) -> None:
        """Add facts, in any order and as often as wanted; one thread at a time may.

        `keys` is of shape (n, 2), none of them zero. `facts` is of shape (n, 6), as records without an older one.
        `logged_ms` is the newest broker time: when the arrays grow, what was told 28 days before it and says nothing
        about the time since is forgotten, because older scans are refused.
        """
        if not len(keys):
            return
        self._make_room(len(keys), horizon=logged_ms - VERY_LATE_MS)
        people, touched = self.people, np.empty(len(keys), np.int64)
        fresh, self._used, joined = _write(people.slots, people.records, self._used, keys, facts, touched)
        _publish(people.slots, touched)
        self.people = People(people.slots, people.records, people.known + fresh)
        if joined:
            self._join(keys, horizon=logged_ms - VERY_LATE_MS)

    def mark(self, subject: bytes, event_id: bytes, *, withdrawn: bool, logged_ms: int) -> None:
        """Let what an event told of its subject count no more, or again; nothing happens if it is not there."""
        people = self.people
        key, event = (np.frombuffer(text, "<u8").reshape(1, 2).copy() for text in (subject, event_id))
        (first, second), tag = key[0], tags_of(event)[0]
        thing = mark(people.slots, people.records, first, second, tag, withdrawn)
        if thing:
            owner = key.view(np.int64)[0]
            mark_pass(people.records, self._used, thing, owner[0], owner[1], tag, withdrawn)
        self._join(key, horizon=logged_ms - VERY_LATE_MS)

    def _join(self, keys: Words, *, horizon: int) -> None:
        """Join what is known of those of some keys that are linked to others."""
        done, slots, heads = 0, np.empty(_HEADS, np.int64), np.empty(_HEADS, np.uint64)
        while done < len(keys):
            people = self.people
            done, count, self._used = join(people.slots, people.records, self._used, keys, done, slots, heads, False)
            publish(people.slots, slots[:count], heads[:count])
            if done < len(keys) and count + MOST_SUBJECTS <= _HEADS:
                self._make_room(MOST_RECORDS, horizon=horizon)

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
        known, self._used = copy_without_past(people.slots, people.records, horizon, slots, records)
        self.people = People(slots, self._join_all(slots, records), known)

    def _join_all(self, slots: Words, records: Ints) -> Ints:
        """Join everybody in arrays nobody reads yet, and return the records: in a larger array if there was no room."""
        linked = slots[np.flatnonzero(slots[:, PENDING] & _HAS_LINKS)]
        keys, done = np.ascontiguousarray(linked[:, [FIRST, SECOND]]), 0
        at, heads = np.empty(_HEADS, np.int64), np.empty(_HEADS, np.uint64)
        while done < len(keys):
            done, count, self._used = join(slots, records, self._used, keys, done, at, heads, True)
            publish(slots, at[:count], heads[:count])
            if done < len(keys) and count + MOST_SUBJECTS <= _HEADS:
                records = np.concatenate([records, np.zeros_like(records)])
        return records
