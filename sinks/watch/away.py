"""Wait for a store that is away: longer each time, with one line a time."""

import logging
from collections.abc import Callable

_log = logging.getLogger(__name__)

_FIRST_SECONDS, _MOST_SECONDS = 5.0, 60.0


class Away:
    """Knows until when nobody need ask again. A store that is away is so for all rules."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Begin with everything there; `clock` gives seconds that only grow."""
        self._clock, self._pause_seconds, self._until = clock, 0.0, 0.0

    @property
    def seconds(self) -> float:
        """How long to wait yet; 0 when all may be asked."""
        return max(0.0, self._until - self._clock())

    def failed(self, why: object) -> None:
        """Wait twice as long as the last time, five seconds to a minute."""
        self._pause_seconds = min(_MOST_SECONDS, 2 * self._pause_seconds or _FIRST_SECONDS)
        self._until = self._clock() + self._pause_seconds
        _log.warning("no alerts are raised for now, asked again in %d s: %s", self._pause_seconds, why)

    def answered(self) -> None:
        """Take the store to be there."""
        if self._pause_seconds:
            _log.info("alerts are raised again")
        self._pause_seconds = 0.0
