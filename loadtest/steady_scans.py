"""One partition's scans at a steady rate, each a pure function of its number, so that any can be sent again."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schemas.columns import Columns
from schemas.kinds import VENUE
from schemas.plan import plan_of

Numbers = npt.NDArray[np.int64]

#: 1 June 2021, 00:00 at Hà Nội: the start of an hour, so of a step as well.
START_MS = 1_622_480_400_000
_RETRIES_PER_FRESH = 1 / 9  # a tenth of all
_RETRIED_STEPS = 2
_PLACES = 20_000


@dataclass(frozen=True, slots=True)
class Batch:
    """Scans in the order of their offsets; the last is the newest. `retries` of them are sent again."""

    columns: Columns
    newest_ms: int
    fresh: int
    retries: int


class SteadyScans:
    """Fresh scans of different people in the order of time, `fresh_per_step` in `step_ms`; a tenth are retries.

    Retries are of scans of earlier batches, at most two steps old, evenly spread: what a window looks up is not in a
    cache because it was there a moment ago. `made` fresh scans have been handed out.
    """

    def __init__(self, *, fresh_per_step: int, step_ms: int, seed: int) -> None:
        self._per_step, self._step_ms = fresh_per_step, step_ms
        self._random, self._seed = np.random.default_rng(seed), seed
        self.made = 0

    def batch(self, fresh: int) -> Batch:
        """Return the next `fresh` scans with retries in between; there are none in the first batch."""
        first, self.made = self.made, self.made + fresh
        retries = int(fresh * _RETRIES_PER_FRESH) if first else 0
        oldest = max(0, first - _RETRIED_STEPS * self._per_step)
        again = self._random.integers(oldest, first, retries) if retries else np.empty(0, np.int64)
        numbers = np.insert(np.arange(first, first + fresh), self._random.integers(0, fresh, retries), again)
        columns = self.columns(numbers)
        return Batch(columns, int(columns.integer("event_time").max()), fresh, retries)

    def columns(self, numbers: Numbers) -> Columns:
        """Return the scans with these numbers as decoded columns of the venue feed."""
        columns = Columns.empty(plan_of(VENUE), len(numbers))
        columns.integers[:], columns.fixed[:] = 0, 0
        for salt, name in enumerate(("scan_id", "subject")):
            words = columns.words(name)
            words[:, 0], words[:, 1] = (_mixed(numbers, salt=4 * self._seed + 2 * salt + word) for word in range(2))
        columns.integer("place_id")[:] = numbers % _PLACES + 1
        columns.integer("direction")[:] = 1
        columns.integer("device_id")[:] = numbers % _PLACES + 1
        columns.integer("event_time")[:] = START_MS + numbers * self._step_ms // self._per_step
        return columns


def _mixed(numbers: Numbers, *, salt: int) -> npt.NDArray[np.uint64]:
    """Return a 64-bit hash of each number (splitmix64, Steele et al. 2014): one to one, so never the same twice."""
    mixed = (numbers.astype(np.uint64) << np.uint64(8) | np.uint64(salt & 0xFF)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
