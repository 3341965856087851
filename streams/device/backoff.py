"""How long to wait before the next attempt: exponential back-off with full jitter. Pure but for its counter.

Full jitter: uniform between nothing and a span that doubles (M. Brooker, "Exponential Backoff And Jitter", AWS
Architecture Blog, 2015). Devices that lost the gateway together then don't come back together.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

_MOST_DOUBLINGS = 30


@dataclass(slots=True, kw_only=True)
class Backoff:
    """Counts failures in a row. `uniform(low, high)` gives a random number between them."""

    first_seconds: float = 0.5
    # A guard sees scans go out within a minute of the gateway's return.
    most_seconds: float = 60.0
    uniform: Callable[[float, float], float] = random.SystemRandom().uniform
    failures: int = 0

    def pause_seconds(self, *, at_least: float = 0.0) -> float:
        """Count a failure and return the pause after it: the jitter comes on top of what the gateway asked for."""
        span = min(self.most_seconds, self.first_seconds * 2 ** min(self.failures, _MOST_DOUBLINGS))
        self.failures += 1
        return at_least + self.uniform(0.0, span)

    def reset(self) -> None:
        """Begin anew after a success."""
        self.failures = 0
