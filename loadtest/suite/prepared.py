"""A scenario's record batches on disk, and the index that says which is due when."""

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from loadtest.draw import Ints

_BATCHES, _INDEX = "batches.bin", "index.npz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """Batch i: `lengths[i]` bytes from `starts[i]` on, `events[i]` events of `partitions[i]`, due at `due_us[i]`.

    Ascending by due time, counted from the scenario's start; the batches of one due time hold successive events.
    """

    starts: Ints
    lengths: Ints
    events: Ints
    partitions: Ints
    due_us: Ints

    def __len__(self) -> int:
        return len(self.starts)

    def ticks(self) -> Ints:
        """Return the first batch of each due time, and behind them the number of batches."""
        first = np.flatnonzero(np.diff(self.due_us, prepend=-1))
        return np.append(first, len(self))

    def save(self, directory: Path) -> None:
        """Write the index beside the batches."""
        np.savez(directory / _INDEX, **{each.name: getattr(self, each.name) for each in fields(self)})

    @classmethod
    def load(cls, directory: Path) -> "Index":
        """Read what `save` wrote."""
        with np.load(directory / _INDEX) as saved:
            return cls(**{each.name: saved[each.name] for each in fields(cls)})


def batches_file(directory: Path) -> Path:
    """Return the file with all batches, end to end."""
    return directory / _BATCHES
