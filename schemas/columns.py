"""A batch of decoded events as columns."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from schemas.plan import Plan


@dataclass(frozen=True, slots=True)
class Columns:
    """Events of one feed, column by column; row i of every column is event i.

    `integers` is int64 of shape (integer fields, n): integers, milliseconds, enumeration codes, booleans as 0/1,
    floats as their 32 bits. `fixed` is uint64 of shape (16-byte fields, n, 2), little-endian words.
    """

    plan: Plan
    integers: npt.NDArray[np.int64]
    fixed: npt.NDArray[np.uint64]

    @classmethod
    def empty(cls, plan: Plan, count: int) -> Self:
        """Return uninitialised columns for `count` events."""
        return cls(
            plan,
            np.empty((len(plan.integers), count), np.int64),
            np.empty((len(plan.fixed), count, 2), np.uint64),
        )

    def __len__(self) -> int:
        return int(self.integers.shape[1])

    def integer(self, name: str) -> npt.NDArray[np.int64]:
        """Return a view of the integer column `name`; raise ValueError if there is none."""
        column: npt.NDArray[np.int64] = self.integers[self.plan.integers.index(name)]
        return column

    def float32(self, name: str) -> npt.NDArray[np.float32]:
        """Return the float column `name`, converted from its bits."""
        return self.integer(name).astype(np.int32).view(np.float32)

    def words(self, name: str) -> npt.NDArray[np.uint64]:
        """Return a view of the 16-byte column `name`, shape (n, 2)."""
        column: npt.NDArray[np.uint64] = self.fixed[self.plan.fixed.index(name)]
        return column
