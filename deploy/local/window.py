"""The worker's windows of one partition as the window bench drives them."""

import numpy as np
import numpy.typing as npt

from schemas.columns import Columns
from schemas.kinds import VENUE
from streams.window.decide import decide_batch
from streams.window.rules import BUCKET_MS, WindowRules
from streams.window.state import WindowState


class LocalWindow:
    """Both windows of a venue partition with the default horizon; see `loadtest.bench_window.Window`."""

    def __init__(self) -> None:
        self._state = WindowState(WindowRules(rescan_ms=VENUE.rescan_window_ms))
        self._next_offset = 0

    @property
    def step_ms(self) -> int:
        """Length of a bucket of event time."""
        return BUCKET_MS

    @property
    def steps(self) -> int:
        """Buckets that are live, the newest included."""
        return self._state.rules.buckets + 1

    @property
    def size_bytes(self) -> int:
        """Memory of both tables."""
        return self._state.retry.size_bytes + self._state.rescan.size_bytes

    def live_keys(self) -> int:
        """Return how many entries of both tables are live."""
        oldest = self._state.oldest_bucket
        return self._state.retry.live(oldest) + self._state.rescan.live(oldest)

    def decide(self, columns: Columns, *, logged_ms: int) -> npt.NDArray[np.uint8]:
        """Return the verdicts of scans at the next offsets, logged at `logged_ms`."""
        count, first = len(columns), self._next_offset
        self._next_offset += count
        decisions = decide_batch(
            self._state,
            columns=columns,
            status=np.zeros(count, np.uint8),
            keyed=np.ones(count, np.bool_),
            logged_ms=np.full(count, logged_ms, np.int64),
            offsets=np.arange(first, first + count),
        )
        return decisions.verdict
