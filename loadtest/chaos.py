"""Rounds of load and faults over the real processes; after each, every row must be the truth's."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from loadtest.check import FeedResult
from loadtest.drain import NotDrained
from loadtest.fault import Fault
from loadtest.faults import FAULTS
from loadtest.recovery import PERIOD_SECONDS, wait_recovered
from loadtest.rounds import Round
from loadtest.run import Run
from loadtest.system import DidNotStart, System
from loadtest.through_gateway import ThroughGateway

Say = Callable[[str], None]
Published = Run | ThroughGateway

_BEFORE_SECONDS, _AFTER_SECONDS = (0.5, 3.0), (0.5, 1.5)
#: To see what the lag is like before a fault, where that matters. It is never twice the same: recovered is within
#: _USUAL_FACTOR of the largest seen.
_WATCH_SECONDS, _USUAL_FACTOR = 3.0, 2.0
#: So long may it take to recover and to drain, and as much again for each second a fault lasts.
_RECOVERY_SECONDS, DRAIN_SECONDS = 60.0, 180.0
_LEAD_SECONDS = 0.5


class Load(Protocol):
    """Something that publishes in the background and records what it published; `LiveLoad` is one."""

    @property
    def runs(self) -> Sequence[Published]:
        """What was published, feed by feed."""

    def start(self) -> None:
        """Start publishing."""

    def stop(self) -> None:
        """End early."""

    def join(self) -> None:
        """Wait until everything is acknowledged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Injury:
    """A fault, and how many seconds it lasts this time."""

    name: str
    fault: Fault
    seconds: float

    @property
    def patience(self) -> float:
        """How many times as long as usual things may take."""
        return 1.0 + self.seconds / _RECOVERY_SECONDS

    @property
    def lead_seconds(self) -> float:
        """Between the load's start and its first event; a longer load takes longer to lay out."""
        return _LEAD_SECONDS * self.patience


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a round publishes to and how it looks at what came of it. `real_world` makes the one of real processes.

    `new_load` makes the load of a seed for an injury, `drain` waits until a run is in the ledger and calls its last
    argument again and again meanwhile, `check` gives the verdict on a drained run. `lag` tells how many events are
    published and not in the ledger (None: unknown now), of which `usual_lag` always are; without it nobody waits for
    recovery under load.
    """

    new_load: Callable[[int, Injury], Load]
    drain: Callable[[Published, Injury, Callable[[], None]], None]
    check: Callable[[Published, Injury], FeedResult]
    lag: Callable[[], int | None] | None = None
    usual_lag: int = 0
    faults: Mapping[str, Fault] = field(default_factory=lambda: FAULTS)
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """How many rounds of what. `only` names the faults to take (none: all there are), which last `fault_seconds` each
    (None: as long as each does by itself). `told` is given everything there is so far after each round.
    """

    rounds: int
    seed: int
    say: Say
    only: Sequence[str] = ()
    fault_seconds: float | None = None
    told: Callable[[list[Round]], None] = lambda _rounds: None

    def names(self, faults: Mapping[str, Fault], chance: random.Random) -> Iterator[str]:
        """Yield each round's fault: in the order of the table, then at random."""
        names = list(self.only or faults)
        for number in range(self.rounds):
            yield names[number] if number < len(names) else chance.choice(names)


def do_rounds(system: System, world: World, campaign: Campaign) -> list[Round]:
    """Do a campaign and return what came of each round; it ends early where a round was not drained in time.

    The same seed does the same, as far as processes allow.
    """
    chance = random.Random(campaign.seed)  # noqa: S311 -- reproducible, nothing secret
    results: list[Round] = []
    for number, name in enumerate(campaign.names(world.faults, chance)):
        fault = world.faults[name]
        seconds = fault.lasts(chance) if campaign.fault_seconds is None else campaign.fault_seconds
        result = _round(system, world, Injury(name=name, fault=fault, seconds=seconds), number=number, chance=chance)
        for sentence in (f"round {number + 1}/{campaign.rounds}: {result.sentence()}", *result.differences()):
            campaign.say(sentence)
        results.append(result)
        campaign.told(results)
        if result.problem:  # what is left in the pipeline would be counted among the next round's
            break
    return results


def _round(system: System, world: World, injury: Injury, *, number: int, chance: random.Random) -> Round:
    began = world.now()
    load = world.new_load(chance.randrange(1 << 30), injury)
    load.start()
    usual = _watched(world, injury.lead_seconds + chance.uniform(*_BEFORE_SECONDS))
    ended: list[str] = []

    def revive() -> None:
        _noting(ended, lambda: ended.extend(system.revive()))

    revive()  # before the fault, which might kill what is dead already
    hurt = world.now()
    _noting(ended, lambda: injury.fault(system, chance, seconds=injury.seconds))
    over = world.now()
    revive()
    recovery_seconds = _recovered(world, injury, chance, usual, revive)
    load.stop()
    load.join()
    stopped = world.now()
    problem = _drained(world, load, injury, revive)
    drained = world.now()
    revive()
    return Round(
        number=number,
        fault=injury.name,
        seconds=drained - began,
        fault_seconds=over - hurt,
        recovery_seconds=recovery_seconds,
        drain_seconds=drained - stopped,
        feeds=[] if problem else [world.check(run, injury) for run in load.runs],
        ended=ended,
        problem=problem,
    )


def _noting(ended: list[str], do: Callable[[], object]) -> None:
    """Do it; a process that does not start again is the product's fault, and noted."""
    try:
        do()
    except DidNotStart as problem:
        ended.append(str(problem))


def _drained(world: World, load: Load, injury: Injury, each_time: Callable[[], None]) -> str:
    """Wait until everything has its outcome; return an empty string, or what was not there in time."""
    try:
        for run in load.runs:
            world.drain(run, injury, each_time)
    except NotDrained as problem:
        return str(problem)
    return ""


def _watched(world: World, seconds: float) -> int:
    """Let time pass, and return what lag is usual: not much more than the largest meanwhile."""
    if world.lag is None:
        world.sleep(seconds)
        return world.usual_lag
    end, most = world.now() + seconds + _WATCH_SECONDS, 0
    while world.now() < end:
        most = max(most, world.lag() or 0)
        world.sleep(PERIOD_SECONDS)
    return max(world.usual_lag, int(_USUAL_FACTOR * most))


def _recovered(
    world: World, injury: Injury, chance: random.Random, usual: int, each_time: Callable[[], None]
) -> float | None:
    if world.lag is None:
        world.sleep(chance.uniform(*_AFTER_SECONDS))
        return None
    return wait_recovered(
        world.lag,
        usual=usual,
        most_seconds=_RECOVERY_SECONDS * injury.patience,
        now=world.now,
        sleep=world.sleep,
        each_time=each_time,
    )
