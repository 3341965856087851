"""An open-addressing table over 16-byte keys whose entries expire: what both windows are made of.

A table is two arrays: `keys`, uint64 of shape (capacity, 2), where (0, 0) is a free slot, and `marks`, one unsigned
number a slot that tells when the entry expires. Marks are serial numbers (RFC 1982): they grow with event time, wrap
around, and an entry is live when its mark is at or after the oldest live mark. Entries expire logically; their slots
are taken over by later entries or freed by a sweep. Linear probing; the caller keeps the load below
`MOST_LOAD`.
"""

import random
from typing import ClassVar

import numba
import numpy as np
import numpy.typing as npt

#: Above 0.8 linear probing walks too far. A rebuild starts at 0.56, so that a growing table moves a key about twice.
MOST_LOAD, REBUILT_LOAD = 0.80, 0.56
#: A growing table is rebuilt at a load between this and MOST_LOAD, drawn anew each time: partitions grow alike, and all
#: their tables at once would hold everything up for seconds. A steady stream just stays below it after a rebuild.
_EARLIEST_LOAD = 0.76
#: A bucket expires for all partitions at once. Sweeping a table with so many entries takes tens of milliseconds, and
#: waits for a drawn number of events, at most this share of the entries: some seconds of a steady stream.
_SPREAD_SHARE, _SPREAD_ENTRIES = 0.01, 1_000_000
#: Below this load it does not wait: with a bucket of dead entries (a quarter in a steady stream) a live key would take
#: more than 40 bytes until then (21 bytes a slot, the mean of both windows).
_SPREAD_LOAD = 0.70
_CHANCE = random.Random()  # noqa: S311 -- nothing secret, and no verdict depends on it
#: After a sweep: below 0.535 a live key would take more than 40 bytes (18 and 24 bytes a slot); above 0.59 a steady
#: stream, which adds a third before the next sweep and a hundredth until it, would need a rebuild just before it.
_LEAST_SWEPT_LOAD, _MOST_SWEPT_LOAD = 0.535, 0.59
#: A sweep that frees at most this share, some late scans, tells nothing of a steady stream: a growing table is left to
#: outgrow its slots at a moment of its own, not rebuilt together with all others (docs/performance.md).
_FREED_SHARE = 0.01
_LEAST_CAPACITY = 4_096

Keys = npt.NDArray[np.uint64]
Mark = np.uint16 | np.uint64
Marks = npt.NDArray[np.uint16 | np.uint64]


def _empty(capacity: int, dtype: type[Mark]) -> tuple[Keys, Marks]:
    return np.zeros((capacity, 2), np.uint64), np.zeros(capacity, dtype)


def _drawn_load() -> float:
    return _CHANCE.uniform(_EARLIEST_LOAD, MOST_LOAD)


def capacity_for(entries: int) -> int:
    """Return the capacity of a rebuilt table that is to hold `entries`."""
    return max(_LEAST_CAPACITY, int(entries / REBUILT_LOAD) + 1)


@numba.njit(cache=True, nogil=True, inline="always")
def home(first, second, capacity):  # type: ignore[no-untyped-def]
    """Return the slot a key's probing starts at: 32 mixed bits scaled to the capacity (Lemire's fast range)."""
    mixed = (first ^ np.uint64(0x9E3779B97F4A7C15)) * np.uint64(0xBF58476D1CE4E5B9) + second
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0x94D049BB133111EB)
    return np.int64(((mixed >> np.uint64(32)) * np.uint64(capacity)) >> np.uint64(32))


@numba.njit(cache=True, nogil=True, inline="always")
def free_slot(keys, slot):  # type: ignore[no-untyped-def]
    """Return the first free slot from `slot` on; there must be one.

    A rebuild visits entries in the order of their slots, which is nearly that of their new homes (both scale the same
    hash), so it reads and writes memory in sequence.
    """
    while keys[slot, 0] != 0 or keys[slot, 1] != 0:
        slot += 1
        if slot == len(keys):
            slot = 0
    return slot


@numba.njit(cache=True, nogil=True, inline="always")
def half_of(marks):  # type: ignore[no-untyped-def]
    """Return the highest bit of a mark; it is set in the difference of two when the first is the earlier one."""
    return np.uint64(1) << np.uint64(8 * marks.itemsize - 1)


@numba.njit(cache=True, nogil=True, inline="always")
def is_live(mark, oldest, half):  # type: ignore[no-untyped-def]
    """Tell whether a mark is `oldest` or later, by serial-number arithmetic; `half` is `half_of` the marks."""
    return (np.uint64(mark) - np.uint64(oldest)) & half == 0


@numba.njit(cache=True, nogil=True)
def age(marks, oldest, all_expired):  # type: ignore[no-untyped-def]
    """Move the marks of expired entries up to just before `oldest`, lest they wrap around and look live.

    `all_expired` says that every entry has expired, however long ago: marks alone can't tell.
    """
    expired, half = np.uint64(oldest) - np.uint64(1), half_of(marks)
    for slot in range(len(marks)):
        if all_expired or not is_live(marks[slot], oldest, half):
            marks[slot] = expired


@numba.njit(cache=True, nogil=True)
def _count_live(keys, marks, oldest):  # type: ignore[no-untyped-def]
    live, half = 0, half_of(marks)
    for slot in range(len(marks)):
        if (keys[slot, 0] != 0 or keys[slot, 1] != 0) and is_live(marks[slot], oldest, half):
            live += 1
    return live


@numba.njit(cache=True, nogil=True)
def sweep(keys, marks, oldest):  # type: ignore[no-untyped-def]
    """Free the slots of expired entries and move live ones back into the gaps; return how many there are.

    In place: a second table would cost more in fresh pages than in work. It begins behind a free slot, so that an
    entry's home was passed before the entry, which therefore finds a free slot at its own place at the latest.
    """
    capacity, half, live = len(marks), half_of(marks), 0
    start = free_slot(keys, 0)
    for ahead in range(capacity):
        slot = start + ahead
        if slot >= capacity:
            slot -= capacity
        first, second = keys[slot, 0], keys[slot, 1]
        if first == 0 and second == 0:
            continue
        keys[slot, 0] = 0
        keys[slot, 1] = 0
        if not is_live(marks[slot], oldest, half):
            continue
        live += 1
        place = free_slot(keys, home(first, second, capacity))
        keys[place, 0] = first
        keys[place, 1] = second
        marks[place] = marks[slot]
    return live


@numba.njit(cache=True, nogil=True)
def _move(keys, marks, new_keys, new_marks):  # type: ignore[no-untyped-def]
    capacity = len(new_marks)
    for old in range(len(marks)):
        first, second = keys[old, 0], keys[old, 1]
        if first == 0 and second == 0:
            continue
        slot = free_slot(new_keys, home(first, second, capacity))
        new_keys[slot, 0] = first
        new_keys[slot, 1] = second
        new_marks[slot] = marks[old]


class Table:
    """Entries of one partition's window; `used` slots hold live or expired ones.

    A window is a subclass that names its marks' type and gives the smallest mark of an entry in a bucket.
    """

    __slots__ = ("_expired_at", "_most_load", "_swept_at", "_wait_events", "keys", "marks", "used")

    dtype: ClassVar[type[np.uint16] | type[np.uint64]]
    mark_of: "ClassVar[staticmethod[[int], int]]"

    def __init__(self) -> None:
        self.keys, self.marks = _empty(capacity_for(0), self.dtype)
        self.used = 0
        self._swept_at = self._expired_at = 0
        self._wait_events = 0
        self._most_load = _drawn_load()

    def make_room(self, *, events: int, oldest: int) -> None:
        """Drop expired entries soon after a bucket has expired; rebuild if `events` more load it wrongly.

        `oldest` is the oldest live bucket. Waiting for the load alone would keep a bucket of dead entries: 50 bytes a
        live key at times instead of 40.
        """
        least, most = 0.0, self._most_load
        if self._is_due(events=events, oldest=oldest):
            before, self.used = self.used, int(sweep(self.keys, self.marks, self._oldest_mark(oldest)))
            self._swept_at = oldest
            if self.used < before:
                least = _LEAST_SWEPT_LOAD
            if before - self.used > _FREED_SHARE * before:
                most, self._most_load = _MOST_SWEPT_LOAD, MOST_LOAD
        capacity = capacity_for(self.used + events)
        if least * len(self.marks) <= self.used + events <= most * len(self.marks) or capacity == len(self.marks):
            return
        keys, marks = _empty(capacity, self.dtype)
        _move(self.keys, self.marks, keys, marks)
        self.keys, self.marks, self._most_load = keys, marks, _drawn_load()

    def _is_due(self, *, events: int, oldest: int) -> bool:
        if oldest == self._swept_at:
            return False
        if oldest != self._expired_at:
            waited, self._expired_at = self._expired_at != self._swept_at, oldest
            if waited:
                return True
            waits = self.used >= max(_SPREAD_ENTRIES, _SPREAD_LOAD * len(self.marks))
            self._wait_events = int(_CHANCE.random() * _SPREAD_SHARE * self.used) if waits else 0
        self._wait_events -= events
        return self._wait_events <= 0

    def age(self, *, oldest: int, newest: int) -> None:
        """Keep expired entries expired for another half of the marks' range; see `age`.

        No entry is in a later bucket than `newest`: when that has expired, all have.
        """
        age(self.marks, self._oldest_mark(oldest), newest < oldest)

    def live(self, oldest: int) -> int:
        """Return the number of entries in the bucket `oldest` or a later one (walks the table)."""
        return int(_count_live(self.keys, self.marks, self._oldest_mark(oldest)))

    def _oldest_mark(self, oldest: int) -> Mark:
        return self.dtype(self.mark_of(oldest))

    @property
    def size_bytes(self) -> int:
        """Memory of the table in bytes."""
        return self.keys.nbytes + self.marks.nbytes
