"""The re-scan window: when each (subject, place, direction) was last accepted, and at which offset.

24 bytes a slot. The mark packs the corrected event time's low 31 bits, whether the row's verdict is still the
sink's to decide (pending), and the offset's low 32 bits; times are compared within ±12 days, offsets within 2^32.
Expired entries are aged once a day of event time, before their times could wrap around to look live.
"""

from dataclasses import dataclass, field

import numba
import numpy as np
import numpy.typing as npt

from streams.window.rules import BUCKET_MS
from streams.window.table import MOST_LOAD, Keys, capacity_for, free_slot, home

Marks = npt.NDArray[np.uint64]
_TIME_BITS = (1 << 31) - 1


@numba.njit(cache=True, nogil=True, inline="always")
def key_of(subject_first, subject_second, place, direction):  # type: ignore[no-untyped-def]
    """Return the two words of a scan's key; a subject is a 128-bit pseudonym, so mixing keeps keys distinct."""
    where = np.uint64((place << 8) | direction) * np.uint64(0x9E3779B97F4A7C15)
    return subject_first ^ where, subject_second + (where >> np.uint64(17) | where << np.uint64(47))


@numba.njit(cache=True, nogil=True, inline="always")
def _since(mark, time_ms):  # type: ignore[no-untyped-def]
    """Return the entry's time minus `time_ms`, in ms."""
    delta = (np.int64(mark >> np.uint64(33)) - time_ms) & _TIME_BITS
    return delta if delta <= _TIME_BITS >> 1 else delta - _TIME_BITS - 1


@numba.njit(cache=True, nogil=True)
def find(keys, marks, first, second, time_ms, offset, window_ms, oldest):  # type: ignore[no-untyped-def]
    """Look for accepted scans of the key nearer than `window_ms`.

    Return the smallest offset of one (-1: none), whether a pending one is near, and the slot to put a new entry.
    `oldest` is the oldest live bucket; the slot is a free or an expired one.
    """
    capacity = len(marks)
    slot = home(first, second, capacity)
    spare, found, pending = -1, np.int64(-1), False
    expiry = oldest * BUCKET_MS - time_ms
    while True:
        held_first, held_second = keys[slot, 0], keys[slot, 1]
        if held_first == 0 and held_second == 0:
            break
        mark = marks[slot]
        since = _since(mark, time_ms)
        if since < expiry:
            if spare < 0:
                spare = slot
        elif held_first == first and held_second == second and -window_ms < since < window_ms:
            if mark & np.uint64(1 << 32):
                pending = True
            else:
                at = offset - ((offset - np.int64(mark & np.uint64(0xFFFFFFFF))) & 0xFFFFFFFF)
                if found < 0 or at < found:
                    found = at
        slot += 1
        if slot == capacity:
            slot = 0
    return found, pending, slot if spare < 0 else spare


@numba.njit(cache=True, nogil=True, inline="always")
def put(keys, marks, slot, first, second, time_ms, offset, pending):  # type: ignore[no-untyped-def]
    """Write an entry; return 1 if the slot was free."""
    fresh = keys[slot, 0] == 0 and keys[slot, 1] == 0
    keys[slot, 0] = first
    keys[slot, 1] = second
    mark = np.uint64(time_ms & _TIME_BITS) << np.uint64(33) | np.uint64(offset & 0xFFFFFFFF)
    if pending:
        mark |= np.uint64(1 << 32)
    marks[slot] = mark
    return 1 if fresh else 0


@numba.njit(cache=True, nogil=True)
def age(marks, oldest, newest):  # type: ignore[no-untyped-def]
    """Move the times of expired entries up to just before the bucket `oldest`.

    No entry is in a later bucket than `newest`: when that has expired, all have, however long ago.
    """
    expired = np.uint64((oldest * BUCKET_MS - 1) & _TIME_BITS) << np.uint64(33)
    for slot in range(len(marks)):
        if newest < oldest or _since(marks[slot], oldest * BUCKET_MS) < 0:
            marks[slot] = expired


@numba.njit(cache=True, nogil=True)
def _count_live(keys, marks, oldest):  # type: ignore[no-untyped-def]
    live = 0
    for slot in range(len(marks)):
        if (keys[slot, 0] != 0 or keys[slot, 1] != 0) and _since(marks[slot], oldest * BUCKET_MS) >= 0:
            live += 1
    return live


@numba.njit(cache=True, nogil=True)
def _move_live(keys, marks, new_keys, new_marks, oldest):  # type: ignore[no-untyped-def]
    capacity = len(new_marks)
    for old in range(len(marks)):
        first, second = keys[old, 0], keys[old, 1]
        if (first == 0 and second == 0) or _since(marks[old], oldest * BUCKET_MS) < 0:
            continue
        slot = free_slot(new_keys, home(first, second, capacity))
        new_keys[slot, 0] = first
        new_keys[slot, 1] = second
        new_marks[slot] = marks[old]


@dataclass(slots=True)
class RescanWindow:
    """Accepted scans of one partition, by key and time; a key has one entry for each accepted scan."""

    keys: Keys = field(default_factory=lambda: np.zeros((capacity_for(0), 2), np.uint64))
    marks: Marks = field(default_factory=lambda: np.zeros(capacity_for(0), np.uint64))
    used: int = 0
    swept_at: int = 0

    def make_room(self, *, events: int, oldest: int) -> None:
        """Rebuild without expired entries when a bucket has expired, or `events` more could load the table too much.

        Waiting for the load alone would keep a bucket of dead entries: 50 bytes a live key at times instead of 40.
        """
        if oldest == self.swept_at and self.used + events <= MOST_LOAD * len(self.marks):
            return
        live = self.used if oldest == self.swept_at else self.live(oldest)
        capacity = capacity_for(live + events)
        keys, marks = np.zeros((capacity, 2), np.uint64), np.zeros(capacity, np.uint64)
        _move_live(self.keys, self.marks, keys, marks, oldest)
        self.keys, self.marks, self.used, self.swept_at = keys, marks, live, oldest

    def live(self, oldest: int) -> int:
        """Return the number of live entries (walks the table)."""
        return int(_count_live(self.keys, self.marks, oldest))

    @property
    def size_bytes(self) -> int:
        """Memory of the table in bytes."""
        return self.keys.nbytes + self.marks.nbytes
