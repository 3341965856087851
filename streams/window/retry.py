"""The retry window: which scan ids were seen, by bucket of the device's event time.

A retry carries the same scan id and the same event time, whatever route it takes, so an id is looked for only among
those whose bucket is still live. 18 bytes a slot. Expired entries are aged once a day of event time.
"""

import numba
import numpy as np

from streams.window.table import Table, half_of, home, is_live


@numba.njit(cache=True, nogil=True, inline="always")
def mark_of(bucket):  # type: ignore[no-untyped-def]
    """Return the mark of ids in a bucket: its low 16 bits."""
    return np.uint16(bucket & 0xFFFF)


@numba.njit(cache=True, nogil=True)
def seen_or_add(keys, marks, first, second, bucket, oldest):  # type: ignore[no-untyped-def]
    """Return 1 if the id is live in the table; else add it and return 0, or -1 when it took a fresh slot."""
    capacity = len(marks)
    slot = home(first, second, capacity)
    spare, half, oldest_live = -1, half_of(marks), mark_of(oldest)
    while True:
        held_first, held_second = keys[slot, 0], keys[slot, 1]
        if held_first == 0 and held_second == 0:
            break
        live = is_live(marks[slot], oldest_live, half)
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
    marks[slot] = mark_of(bucket)
    return -1 if fresh else 0


class RetryWindow(Table):
    """Scan ids of one partition."""

    __slots__ = ()
    dtype = np.uint16
    mark_of = staticmethod(mark_of)
