"""What the broker acknowledged of prepared batches, and what follows for every event in them."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

import numpy as np

from loadtest.draw import Floats, Ints
from loadtest.offsets import CouldNotCheck, Offsets
from loadtest.suite.prepared import Index

_FILE = "acknowledged.npz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """One row a batch. Times in us count from the start; `logged_ms` is the broker's stamp (UTC).

    `sent_us` is when it was first handed to the network, `connected_us` since when there was a connection to its
    broker then: 0 for the first one, later for one that was made anew.
    """

    sent_us: Ints
    connected_us: Ints
    acked_us: Ints
    base_offset: Ints
    logged_ms: Ints

    @classmethod
    def empty(cls, count: int) -> Self:
        """Return rows for `count` batches that nobody has sent."""
        return cls(**{each.name: np.zeros(count, np.int64) for each in fields(cls)})

    def __len__(self) -> int:
        return len(self.sent_us)

    def first(self, count: int) -> Self:
        """Return the first `count` rows."""
        return type(self)(**{each.name: getattr(self, each.name)[:count] for each in fields(self)})

    def save(self, directory: Path) -> None:
        """Write them beside the batches."""
        np.savez(directory / _FILE, **{each.name: getattr(self, each.name) for each in fields(self)})

    @classmethod
    def load(cls, directory: Path) -> Self:
        """Read what `save` wrote."""
        with np.load(directory / _FILE) as saved:
            return cls(**{each.name: saved[each.name] for each in fields(cls)})

    def late_ms(self, index: Index) -> Floats:
        """Return how late each batch was handed to the network, in ms."""
        return (self.sent_us - index.due_us[: len(self)]) / 1_000

    def events(self, index: Index) -> int:
        """Return how many events were acknowledged."""
        return int(index.events[: len(self)].sum())


def require_contiguous(told: Acknowledged, index: Index, first_offsets: Offsets) -> None:
    """Raise CouldNotCheck unless each partition's batches got the offsets right behind each other from the first on."""
    for partition, first in first_offsets.items():
        mine = np.flatnonzero(index.partitions[: len(told)] == partition)
        events = index.events[mine]
        wanted = first + np.cumsum(events) - events
        wrong = np.flatnonzero(told.base_offset[mine] != wanted)
        if len(wrong):
            raise CouldNotCheck(
                f"partition {partition}: the broker put a batch at offset {told.base_offset[mine][wrong[0]]}, not at "
                f"{wanted[wrong[0]]}; does somebody else publish to this topic?"
            )


def logged_ms_of_events(told: Acknowledged, index: Index, partitions: Ints) -> Ints:
    """Return the broker's stamp of every acknowledged event, in publishing order.

    `partitions` holds every event's partition in publishing order, those not acknowledged at its end.
    """
    logged = np.empty(told.events(index), np.int64)
    for partition in np.unique(index.partitions).tolist():
        mine = np.flatnonzero(index.partitions[: len(told)] == partition)
        logged[partitions[: len(logged)] == partition] = np.repeat(told.logged_ms[mine], index.events[mine])
    return logged
