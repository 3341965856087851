"""Find the row of a numeric identity, for whole columns at once."""

from dataclasses import dataclass
from typing import Self

import numba
import numpy as np
import numpy.typing as npt

UNKNOWN = -1


@numba.njit(cache=True, nogil=True, inline="always")
def _home(identity, mask):  # type: ignore[no-untyped-def]
    return np.int64((np.uint64(identity) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32)) & mask


@numba.njit(cache=True, nogil=True)
def _fill(identities, slots, held):  # type: ignore[no-untyped-def]
    mask = len(slots) - 1
    for row in range(len(identities)):
        slot = _home(identities[row], mask)
        while slots[slot] != UNKNOWN:
            slot = (slot + 1) & mask
        slots[slot], held[slot] = row, identities[row]


@numba.njit(cache=True, nogil=True)
def _lookup(wanted, slots, held, rows):  # type: ignore[no-untyped-def]
    mask = len(slots) - 1
    for index in range(len(wanted)):
        slot = _home(wanted[index], mask)
        while slots[slot] != UNKNOWN and held[slot] != wanted[index]:
            slot = (slot + 1) & mask
        rows[index] = slots[slot]


@dataclass(frozen=True, slots=True)
class IdIndex:
    """An immutable hash index from identities to row numbers."""

    slots: npt.NDArray[np.int32]
    held: npt.NDArray[np.int64]

    @classmethod
    def build(cls, identities: npt.NDArray[np.int64]) -> Self:
        """Return the index of distinct `identities`: row i is identity i's."""
        capacity = 1 << max(4, (2 * len(identities)).bit_length())
        slots, held = np.full(capacity, UNKNOWN, np.int32), np.zeros(capacity, np.int64)
        _fill(identities, slots, held)
        return cls(slots, held)

    def rows(self, wanted: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
        """Return the row of each identity in `wanted`, UNKNOWN (-1) where there is none."""
        rows = np.empty(len(wanted), np.int32)
        _lookup(wanted, self.slots, self.held, rows)
        return rows
