"""Late scans that were accepted of late, exactly: what decides retries and re-scans among late scans themselves.

An open-addressing table like the windows', but filed by when a scan arrived (the watermark's bucket then), because its
own time left the windows long ago. 48 bytes a slot; late scans are few. What has been here as long as a window lasts
moves to the `history`, at the start of a batch; from its expiry on it only makes a scan uncertain.
"""

from dataclasses import dataclass, field

import numba
import numpy as np
import numpy.typing as npt

from streams.window.history import History, note
from streams.window.table import free_slot, home

_LOAD = 0.6
_LEAST_CAPACITY = 64
_TIME, _DEVICE, _OFFSET, _ARRIVAL = 0, 1, 2, 3

Keys = npt.NDArray[np.uint64]
#: Corrected event time and device time in ms, offset, bucket of arrival.
Facts = npt.NDArray[np.int64]


def _empty(capacity: int) -> tuple[Keys, Facts]:
    return np.zeros((capacity, 2), np.uint64), np.zeros((capacity, 4), np.int64)


@dataclass(slots=True)
class LateScans:
    """Late accepted scans of one partition; `used` slots hold one. (0, 0) is a free slot's key."""

    keys: Keys = field(default_factory=lambda: _empty(_LEAST_CAPACITY)[0])
    facts: Facts = field(default_factory=lambda: _empty(_LEAST_CAPACITY)[1])
    used: int = 0
    _moved_at: int = 0

    def make_room(self, *, events: int, oldest: int, history: History) -> None:
        """Move what arrived before the bucket `oldest` to `history`, and make room for `events` more."""
        if oldest != self._moved_at and self.used:
            self._retire(oldest, history)
        self._moved_at = oldest
        capacity = max(_LEAST_CAPACITY, int((self.used + events) / _LOAD) + 1)
        if capacity > len(self.keys):
            self._rebuild(capacity, oldest)

    def _retire(self, oldest: int, history: History) -> None:
        slot = 0
        while slot < len(self.keys):
            slot, noted, expired = _note_expired(self.keys, self.facts, oldest, history.blocks, slot, history.room)
            history.keys += int(noted)
            self.used -= int(expired)
            if slot < len(self.keys):
                history.begin_filter()
        self._rebuild(max(_LEAST_CAPACITY, int(self.used / _LOAD) + 1), oldest)

    def _rebuild(self, capacity: int, oldest: int) -> None:
        keys, facts = _empty(capacity)
        _move_live(self.keys, self.facts, keys, facts, oldest)
        self.keys, self.facts = keys, facts

    @property
    def size_bytes(self) -> int:
        """Memory of the table in bytes."""
        return self.keys.nbytes + self.facts.nbytes


@numba.njit(cache=True, nogil=True)
def _note_expired(keys, facts, oldest, blocks, slot, room):  # type: ignore[no-untyped-def]
    """Note what expired, from a slot on, until `room` keys are taken.

    Return the slot to go on at, the keys taken and the entries noted.
    """
    noted, expired = 0, 0
    while slot < len(keys) and noted < room:
        if (keys[slot, 0] != 0 or keys[slot, 1] != 0) and facts[slot, _ARRIVAL] < oldest:
            noted += note(blocks, keys[slot, 0], keys[slot, 1], facts[slot, _TIME], facts[slot, _DEVICE])
            expired += 1
        slot += 1
    return slot, noted, expired


@numba.njit(cache=True, nogil=True)
def _move_live(keys, facts, new_keys, new_facts, oldest):  # type: ignore[no-untyped-def]
    for old in range(len(keys)):
        if (keys[old, 0] == 0 and keys[old, 1] == 0) or facts[old, _ARRIVAL] < oldest:
            continue
        slot = free_slot(new_keys, home(keys[old, 0], keys[old, 1], len(new_keys)))
        new_keys[slot] = keys[old]
        new_facts[slot] = facts[old]


@numba.njit(cache=True, nogil=True)
def find_late(keys, facts, first, second, time_ms, device_ms, window_ms, oldest):  # type: ignore[no-untyped-def]
    """Look for late accepted scans of the key nearer than `window_ms`.

    Return the smallest offset of one (-1: none), whether something is uncertain, and the slot for a new entry.
    Uncertain is what expired meanwhile, and a scan of the same device time: it may be a copy whose id was forgotten.
    """
    slot, found, uncertain = home(first, second, len(keys)), np.int64(-1), False
    while keys[slot, 0] != 0 or keys[slot, 1] != 0:
        if keys[slot, 0] == first and keys[slot, 1] == second:
            near = -window_ms < facts[slot, _TIME] - time_ms < window_ms
            same = facts[slot, _DEVICE] == device_ms
            if same or (near and facts[slot, _ARRIVAL] < oldest):
                uncertain = True
            elif near and (found < 0 or facts[slot, _OFFSET] < found):
                found = facts[slot, _OFFSET]
        slot += 1
        if slot == len(keys):
            slot = 0
    return found, uncertain, slot


@numba.njit(cache=True, nogil=True, inline="always")
def put_late(keys, facts, slot, first, second, time_ms, device_ms, offset, arrival):  # type: ignore[no-untyped-def]
    """Write an entry into a free slot."""
    keys[slot, 0], keys[slot, 1] = first, second
    facts[slot, _TIME], facts[slot, _DEVICE] = time_ms, device_ms
    facts[slot, _OFFSET], facts[slot, _ARRIVAL] = offset, arrival
