"""What a fault is: something that hurts a running system for a while."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from loadtest.surroundings import Need
from loadtest.system import System
from loadtest.timeline import Timeline

Bounds = tuple[float, float]


def _unchanged(timeline: Timeline, _seconds: float) -> Timeline:
    return timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Hurts a system when it is called, and leaves the same processes running as before.

    `act` is told how long the fault is to last, in seconds; `seconds` are the bounds that is drawn from where nobody
    says it. `needs` must stand around the processes. `shape` changes a scenario's events, told how long the fault
    lasts, before they are published: for faults that are in the load. `restamps` says that the broker's times are far
    from the intended ones, so that the truth has to be told with those it gave.
    """

    act: Callable[[System, random.Random, float], None]
    seconds: Bounds
    needs: frozenset[Need] = frozenset()
    shape: Callable[[Timeline, float], Timeline] = _unchanged
    restamps: bool = False

    def __call__(self, system: System, chance: random.Random, *, seconds: float | None = None) -> None:
        """Return when the fault is over: what was ended runs again and is ready.

        Raises CouldNotCheck where the system doesn't have what the fault needs.
        """
        self.act(system, chance, self.lasts(chance) if seconds is None else seconds)

    def lasts(self, chance: random.Random) -> float:
        """Draw how many seconds it lasts."""
        return chance.uniform(*self.seconds)


def while_it_lasts(hurt: Callable[[System], AbstractContextManager[None]]) -> Callable[..., None]:
    """Return an `act` that holds `hurt` open for the fault's time."""

    def act(system: System, _chance: random.Random, seconds: float) -> None:
        with hurt(system):
            time.sleep(seconds)

    return act


@contextmanager
def undone(do: Callable[[], object], undo: Callable[[], object]) -> Iterator[None]:
    """Call `do`, and `undo` whatever happens until the block ends."""
    do()
    try:
        yield
    finally:
        undo()
