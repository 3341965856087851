"""The retry window: which scan ids were seen, by bucket of the device's event time.

A retry carries the same scan id and the same event time, whatever route it takes, so an id is looked for only among
those whose bucket is still live. 18 bytes a slot. Expired entries are aged once a day of event time.
"""

from dataclasses import dataclass, field

import numba
import numpy as np
import numpy.typing as npt

from streams.window.table import MOST_LOAD, Keys, capacity_for, free_slot, home

Marks = npt.NDArray[np.uint16]


@numba.njit(cache=True, nogil=True, inline="always")
def is_live(mark, oldest):  # type: ignore[no-untyped-def]
    """Tell whether a bucket's low 16 bits are `oldest` or later (serial-number arithmetic, RFC 1982)."""
    return ((np.int64(mark) - oldest) & 0xFFFF) < 0x8000


@numba.njit(cache=True, nogil=True)
def seen_or_add(keys, marks, first, second, bucket, oldest):  # type: ignore[no-untyped-def]
    """Return 1 if the id is live in the table; else add it and return 0, or -1 when it took a fresh slot."""
    capacity = len(marks)
    slot = home(first, second, capacity)
    spare = -1
    while True:
        held_first, held_second = keys[slot, 0], keys[slot, 1]
        if held_first == 0 and held_second == 0:
            break
        live = is_live(marks[slot], oldest)
        if live and held_first == first and held_second == second:
            return 1
        if not live and spare < 0:
            spare = slot
        slot += 1
        if slot == capacity:
            slot = 0
    fresh = spare < 0
    if not fresh:
        slot = spare
    keys[slot, 0] = first
    keys[slot, 1] = second
    marks[slot] = np.uint16(bucket & 0xFFFF)
    return -1 if fresh else 0


@numba.njit(cache=True, nogil=True)
def age(marks, oldest, newest):  # type: ignore[no-untyped-def]
    """Move expired entries up to just before the bucket `oldest`; see `rescan.age`."""
    expired = np.uint16((oldest - 1) & 0xFFFF)
    for slot in range(len(marks)):
        if newest < oldest or not is_live(marks[slot], oldest):
            marks[slot] = expired


@numba.njit(cache=True, nogil=True)
def _count_live(keys, marks, oldest):  # type: ignore[no-untyped-def]
    live = 0
    for slot in range(len(marks)):
        if (keys[slot, 0] != 0 or keys[slot, 1] != 0) and is_live(marks[slot], oldest):
            live += 1
    return live


@numba.njit(cache=True, nogil=True)
def _move_live(keys, marks, new_keys, new_marks, oldest):  # type: ignore[no-untyped-def]
    capacity = len(new_marks)
    for old in range(len(marks)):
        first, second = keys[old, 0], keys[old, 1]
        if (first == 0 and second == 0) or not is_live(marks[old], oldest):
            continue
        slot = free_slot(new_keys, home(first, second, capacity))
        new_keys[slot, 0] = first
        new_keys[slot, 1] = second
        new_marks[slot] = marks[old]


@dataclass(slots=True)
class RetryWindow:
    """Scan ids of one partition; `used` slots hold live or expired entries."""

    keys: Keys = field(default_factory=lambda: np.zeros((capacity_for(0), 2), np.uint64))
    marks: Marks = field(default_factory=lambda: np.zeros(capacity_for(0), np.uint16))
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
        keys, marks = np.zeros((capacity, 2), np.uint64), np.zeros(capacity, np.uint16)
        _move_live(self.keys, self.marks, keys, marks, oldest)
        self.keys, self.marks, self.used, self.swept_at = keys, marks, live, oldest

    def live(self, oldest: int) -> int:
        """Return the number of live keys (walks the table)."""
        return int(_count_live(self.keys, self.marks, oldest))

    @property
    def size_bytes(self) -> int:
        """Memory of the table in bytes."""
        return self.keys.nbytes + self.marks.nbytes
