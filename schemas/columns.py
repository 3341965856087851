"""A batch of decoded events as columns."""

from dataclasses import dataclass, field
from typing import Self

import numpy as np
import numpy.typing as npt

from schemas.plan import TEXT_SPAN, Plan


@dataclass(frozen=True, slots=True)
class Columns:
    """Events of one feed, column by column; row i of every column is event i.

    `integers` is int64 of shape (integer fields, n): integers, milliseconds, enumeration codes, booleans as 0/1,
    floats as their 32 bits, texts as where they are in `texts`. `fixed` is uint64 of shape (16-byte fields, n, 2),
    little-endian words.
    """

    plan: Plan
    integers: npt.NDArray[np.int64]
    fixed: npt.NDArray[np.uint64]
    texts: npt.NDArray[np.uint8] = field(default_factory=lambda: np.empty(0, np.uint8))

    @classmethod
    def empty(cls, plan: Plan, count: int, texts: npt.NDArray[np.uint8] | None = None) -> Self:
        """Return uninitialised columns for `count` events, whose texts will be in `texts`."""
        return cls(
            plan,
            np.empty((len(plan.integers), count), np.int64),
            np.empty((len(plan.fixed), count, 2), np.uint64),
            np.empty(0, np.uint8) if texts is None else texts,
        )

    def __len__(self) -> int:
        return int(self.integers.shape[1])

    def take(self, rows: npt.NDArray[np.int64]) -> "Columns":
        """Return some of the events, over the same texts."""
        return Columns(self.plan, self.integers[:, rows], self.fixed[:, rows], self.texts)

    def integer(self, name: str) -> npt.NDArray[np.int64]:
        """Return a view of the integer column `name`; raise ValueError if there is none."""
        column: npt.NDArray[np.int64] = self.integers[self.plan.integers.index(name)]
        return column

    def integer_or_zero(self, name: str) -> npt.NDArray[np.int64]:
        """Return the integer column `name`, or zeros if the feed has none."""
        return self.integer(name) if name in self.plan.integers else np.zeros(len(self), np.int64)

    def text(self, name: str, rows: npt.NDArray[np.int64]) -> list[bytes]:
        """Return a text column's values in some rows."""
        places = (divmod(place, TEXT_SPAN) for place in self.integer(name)[rows].tolist())
        return [self.texts[start : start + length].tobytes() for start, length in places]

    def text_lengths(self, name: str) -> npt.NDArray[np.int64]:
        """Return the lengths of a text column's values, in bytes."""
        lengths: npt.NDArray[np.int64] = self.integer(name) % TEXT_SPAN
        return lengths

    def float32(self, name: str) -> npt.NDArray[np.float32]:
        """Return the float column `name`, converted from its bits."""
        return self.integer(name).astype(np.int32).view(np.float32)

    def words(self, name: str) -> npt.NDArray[np.uint64]:
        """Return a view of the 16-byte column `name`, shape (n, 2)."""
        column: npt.NDArray[np.uint64] = self.fixed[self.plan.fixed.index(name)]
        return column
