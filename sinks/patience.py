"""Send a request until it is answered: back-off with jitter and a cap, for as long as it is ours to send."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sinks.errors import SinkStopped, TryAgain

T = TypeVar("T")

#: Long enough for a server that merges (252) or restarts to get on, short enough not to be noticed afterwards.
_MOST_SECONDS = 5.0
_LEAST_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """A request's result, and whether some attempt failed before: then what it did is not known for sure."""

    value: T
    retried: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How a partition's requests are repeated.

    `ours` is asked before every attempt and raises Abandoned once the partition belongs to another or the process
    was paused long enough for that. `wait` sleeps, or returns early to ask `ours` again. `failed` hears of every
    failure.
    """

    ours: Callable[[], None]
    wait: Callable[[float], None]
    failed: Callable[[TryAgain | SinkStopped], None]

    def answer(self, request: Callable[[], T]) -> Answer[T]:
        """Return the request's answer, however long it takes; raise Abandoned or SinkStopped."""
        attempts = 0
        while True:
            self.ours()
            try:
                return Answer(request(), retried=attempts > 0)
            except TryAgain as failure:
                self.failed(failure)
            except SinkStopped as failure:
                self.failed(failure)
                raise
            self.wait(pause_seconds(attempts, random.random()))  # noqa: S311 -- jitter, not a secret
            attempts += 1


def pause_seconds(attempts: int, chance: float) -> float:
    """Return how long to wait after `attempts` + 1 failures: doubling, capped, of which the half is left to chance."""
    longest: float = min(_MOST_SECONDS, _LEAST_SECONDS * 2 ** min(attempts, 20))
    return longest * (0.5 + chance / 2)
