"""Open-addressing tables over 16-byte keys, shared by both windows.

A table is two arrays: `keys`, uint64 of shape (capacity, 2), where (0, 0) is a free slot, and `marks`, one number a
slot that tells when the entry expires. Entries expire logically, by comparing the mark with the oldest live bucket;
their slots are taken over by later entries or dropped when the table is rebuilt. Linear probing; the caller keeps
the load below `MOST_LOAD`.
"""

import numba
import numpy as np
import numpy.typing as npt

#: Above 0.75 linear probing walks too far; a rebuild starts at 0.55, so that memory a live key stays below 40
#: bytes (18 and 24 bytes a slot) and a key is moved fewer than three times on its way.
MOST_LOAD, REBUILT_LOAD = 0.75, 0.55
_LEAST_CAPACITY = 4_096

Keys = npt.NDArray[np.uint64]


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
