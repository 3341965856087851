"""The re-scan window: when each (subject, place, direction) was last accepted, and at which offset.

24 bytes a slot. The mark packs the corrected event time's low 31 bits, whether the row's verdict is still the
sink's to decide (pending), and the offset's low 32 bits; times are compared within ±12 days, offsets within 2^32.
Expired entries are aged once a day of event time, before their times could wrap around to look live.
"""

import numba
import numpy as np

from streams.window.rules import BUCKET_MS
from streams.window.table import Table, home

_TIME_BITS = (1 << 31) - 1


@numba.njit(cache=True, nogil=True, inline="always")
def _mark(time_ms, offset, pending):  # type: ignore[no-untyped-def]
    mark = np.uint64(time_ms & _TIME_BITS) << np.uint64(33) | np.uint64(offset & 0xFFFFFFFF)
    return mark | np.uint64(1 << 32) if pending else mark


@numba.njit(cache=True, nogil=True, inline="always")
def key_of(subject_first, subject_second, place, direction):  # type: ignore[no-untyped-def]
    """Return the two words of a scan's key; a subject is a 128-bit pseudonym, so mixing keeps keys distinct."""
    where = np.uint64((place << 8) | direction) * np.uint64(0x9E3779B97F4A7C15)
    return subject_first ^ where, subject_second + (where >> np.uint64(17) | where << np.uint64(47))


@numba.njit(cache=True, nogil=True, inline="always")
def mark_of(bucket):  # type: ignore[no-untyped-def]
    """Return the smallest mark of a scan in a bucket: of its start, not pending, at an offset of 0."""
    return _mark(bucket * BUCKET_MS, 0, False)


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
    marks[slot] = _mark(time_ms, offset, pending)
    return 1 if fresh else 0


class RescanWindow(Table):
    """Accepted scans of one partition, by key and time; a key has one entry for each accepted scan."""

    __slots__ = ()
    dtype = np.uint64
    mark_of = staticmethod(mark_of)
