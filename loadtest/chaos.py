"""Rounds of load and faults over the real processes; after each, every row must be the truth's."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from loadtest.check import FeedResult, check_feed
from loadtest.drain import wait_drained
from loadtest.faults import FAULTS, Fault
from loadtest.fleet import Fleet
from loadtest.live import LiveLoad
from loadtest.offsets import end_offsets
from loadtest.rounds import Round
from loadtest.run import Run
from loadtest.scenario import Scenario, Shares
from loadtest.system import System
from schemas.kinds import CHECKPOINT, VEHICLE, VENUE, Feed

Say = Callable[[str], None]

#: More of everything out of the ordinary than in life, so that every fault meets some.
_SHARES = Shares(
    retry=0.15,
    rescan=0.08,
    edge=0.02,
    late=0.03,
    very_late=0.01,
    too_old=0.001,
    future=0.001,
    malformed=0.01,
    invalid=0.01,
)
_FEED_SHARES: dict[Feed, float] = {VENUE: 0.6, CHECKPOINT: 0.2, VEHICLE: 0.2}
#: Longer than any fault takes; the load is stopped when the fault is over.
_LONGEST_ROUND_SECONDS = 120.0
_BEFORE_SECONDS, _AFTER_SECONDS = (0.5, 3.0), (0.5, 1.5)
_DRAIN_SECONDS = 180.0
#: Between the load's start and its first event.
_LEAD_SECONDS = 0.5
#: A broker that is down delays what is published meanwhile.
_UNCERTAINTY_MS = 60_000


class Load(Protocol):
    """Something that publishes in the background and records what it published; `LiveLoad` is one."""

    runs: list[Run]

    def start(self) -> None:
        """Start publishing."""

    def stop(self) -> None:
        """End early."""

    def join(self) -> None:
        """Wait until everything is acknowledged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a round publishes to and how it looks at what came of it. `real_world` makes the one of real processes.

    `new_load` makes the load of a seed, `drain` waits until a run is in the ledger and calls its second argument again
    and again meanwhile, `check` gives the verdict on a drained run.
    """

    new_load: Callable[[int], Load]
    drain: Callable[[Run, Callable[[], None]], None]
    check: Callable[[Run], FeedResult]
    faults: Mapping[str, Fault] = field(default_factory=lambda: FAULTS)
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def run_chaos(
    system: System,
    fleet: Fleet,
    *,
    rounds: int,
    rate: float,
    seed: int,
    say: Say,
    only: Sequence[str] = (),
) -> list[Round]:
    """Do `rounds` rounds at `rate` events a second, and return what came of each; see `do_rounds`.

    The system runs with one worker and one sink, the fleet is registered, and nobody else publishes.
    """
    return do_rounds(system, real_world(system, fleet, rate=rate), rounds=rounds, seed=seed, say=say, only=only)


def do_rounds(
    system: System, world: World, *, rounds: int, seed: int, say: Say, only: Sequence[str] = ()
) -> list[Round]:
    """Do `rounds` rounds and return what came of each.

    Faults come in the order of the table, then at random; `only` names the ones to take. The same seed does the same
    again, as far as processes allow.
    """
    names = list(only or world.faults)
    chance = random.Random(seed)  # noqa: S311 -- reproducible, nothing secret
    results = []
    for number in range(rounds):
        name = names[number] if number < len(names) else chance.choice(names)
        result = _round(system, world, number=number, fault=name, chance=chance)
        for sentence in (f"round {number + 1}/{rounds}: {result.sentence()}", *result.ended):
            say(sentence)
        results.append(result)
    return results


def _round(system: System, world: World, *, number: int, fault: str, chance: random.Random) -> Round:
    began = world.now()
    load = world.new_load(chance.randrange(1 << 30))
    load.start()
    world.sleep(_LEAD_SECONDS + chance.uniform(*_BEFORE_SECONDS))
    ended = system.revive()  # before the fault, which might kill what is dead already
    world.faults[fault](system, chance)
    ended += system.revive()
    world.sleep(chance.uniform(*_AFTER_SECONDS))
    load.stop()
    load.join()
    stopped = world.now()
    for run in load.runs:
        world.drain(run, lambda: ended.extend(system.revive()))
    drained = world.now()
    ended += system.revive()
    return Round(
        number=number,
        fault=fault,
        seconds=drained - began,
        drain_seconds=drained - stopped,
        feeds=[world.check(run) for run in load.runs],
        ended=ended,
    )


def real_world(system: System, fleet: Fleet, *, rate: float) -> World:
    """Return the world that publishes to the system's Kafka and looks at its ClickHouse."""

    def drain(run: Run, each_time: Callable[[], None]) -> None:
        wait_drained(
            system.clickhouse(),
            run.feed,
            ends=end_offsets(system.kafka, run.feed.topic),
            timeout_seconds=_DRAIN_SECONDS,
            on_progress=lambda _done, _total: each_time(),
        )

    return World(
        new_load=lambda seed: LiveLoad(system.kafka, fleet, _scenarios(system, rate=rate, seed=seed)),
        drain=drain,
        check=lambda run: check_feed(system, run, run.expected(uncertainty_ms=_UNCERTAINTY_MS)),
    )


def _scenarios(system: System, *, rate: float, seed: int) -> list[Scenario]:
    start_ms = int((time.time() + _LEAD_SECONDS) * 1_000)
    return [
        Scenario(
            events=int(rate * share * _LONGEST_ROUND_SECONDS),
            span_seconds=_LONGEST_ROUND_SECONDS,
            start_ms=start_ms,
            feed=feed,
            partitions=len(end_offsets(system.kafka, feed.topic)),
            seed=seed,
            shares=_SHARES,
        )
        for feed, share in _FEED_SHARES.items()
    ]
