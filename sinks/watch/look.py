"""Look at the store from time to time, and show what is there as metrics."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sinks.errors import TryAgain

_log = logging.getLogger(__name__)
Seen = TypeVar("Seen")


@dataclass(slots=True, kw_only=True)
class Look(Generic[Seen]):
    """Reads `what` and hands it to `show`, at the first `step` and then every `period_seconds`.

    `read` may raise TryAgain: that is logged, and what was shown last stays. `clock` gives seconds that only grow.
    """

    what: str
    read: Callable[[], Seen]
    show: Callable[[Seen], None]
    clock: Callable[[], float]
    period_seconds: float = 300.0
    _due: float = field(default=float("-inf"), init=False)

    def step(self) -> float:
        """Look if it is time, and return the seconds until it is next."""
        if self._due <= self.clock():
            self._due = self.clock() + self.period_seconds
            try:
                seen = self.read()
            except TryAgain as failure:
                _log.warning("%s: %s", self.what, failure)
            else:
                self.show(seen)
        return max(0.0, self._due - self.clock())
