"""Say how far something long has come, every few seconds."""

import time
from collections.abc import Callable

_EVERY_SECONDS = 2.0


class Progress:
    """Called with how many of how many events are done; says it at most every two seconds, with the recent rate."""

    def __init__(self, say: Callable[[str], None], what: str) -> None:
        self._say, self._what = say, what
        self._at, self._done = time.monotonic(), 0

    def __call__(self, done: int, total: int) -> None:
        """Take note of how far it has come."""
        elapsed = time.monotonic() - self._at
        if elapsed < _EVERY_SECONDS:
            return
        self._say(f"{self._what}: {done:,} of {total:,} events, {(done - self._done) / elapsed:,.0f}/s")
        self._at, self._done = time.monotonic(), done
