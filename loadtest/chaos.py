"""Rounds of load and faults over the real processes; after each, every row must be the truth's."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from loadtest import report
from loadtest.check import FeedResult, check_feed
from loadtest.drain import wait_drained
from loadtest.faults import FAULTS
from loadtest.fleet import Fleet
from loadtest.live import LiveLoad
from loadtest.offsets import end_offsets
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One fault under load. `revived` tells which processes ended by themselves and had to be started again."""

    number: int
    fault: str
    seconds: float
    drain_seconds: float
    feeds: list[FeedResult]
    revived: list[str] = field(default_factory=list)

    @property
    def correct(self) -> bool:
        """True when all feeds are."""
        return all(feed.correct for feed in self.feeds)

    def sentence(self) -> str:
        """Return the round in a line."""
        published = sum(feed.truth.published for feed in self.feeds)
        revived = f"; ended by themselves: {', '.join(self.revived)}" if self.revived else ""
        verdict = "correct" if self.correct else "WRONG"
        return f"{self.fault}, {published:,} events, drained in {self.drain_seconds:.1f} s, {verdict}{revived}"

    def differences(self) -> list[str]:
        """Return sentences about what is wrong."""
        found = [sentence for feed in self.feeds for sentence in feed.differences()]
        return [f"round {self.number + 1} ({self.fault}), {sentence}" for sentence in found]


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
    """Do `rounds` rounds at `rate` events a second, and return what came of each.

    The system runs with one worker and one sink, the fleet is registered, and nobody else publishes. Faults come in
    the order of the table, then at random; `only` names the ones to take. The same seed does the same again, as far as
    processes allow.
    """
    names = list(only or FAULTS)
    chance = random.Random(seed)  # noqa: S311 -- reproducible, nothing secret
    results = []
    for number in range(rounds):
        name = names[number] if number < len(names) else chance.choice(names)
        result = _round(system, fleet, number=number, fault=name, rate=rate, chance=chance)
        say(f"round {number + 1}/{rounds}: {result.sentence()}")
        results.append(result)
    return results


def _round(system: System, fleet: Fleet, *, number: int, fault: str, rate: float, chance: random.Random) -> Round:
    began = time.monotonic()
    load = LiveLoad(system.kafka, fleet, _scenarios(system, rate=rate, seed=chance.randrange(1 << 30)))
    load.start()
    time.sleep(_LEAD_SECONDS + chance.uniform(*_BEFORE_SECONDS))
    FAULTS[fault](system, chance)
    revived = system.revive()
    time.sleep(chance.uniform(*_AFTER_SECONDS))
    load.stop()
    load.join()
    stopped = time.monotonic()
    for run in load.runs:
        revived += _drain(system, run)
    drained = time.monotonic()
    return Round(
        number=number,
        fault=fault,
        seconds=drained - began,
        drain_seconds=drained - stopped,
        feeds=[check_feed(system, run, run.expected(uncertainty_ms=_UNCERTAINTY_MS)) for run in load.runs],
        revived=revived,
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


def _drain(system: System, run: Run) -> list[str]:
    revived: list[str] = []
    feed = run.feed
    wait_drained(
        system.clickhouse(),
        feed,
        ends=end_offsets(system.kafka, feed.topic),
        timeout_seconds=_DRAIN_SECONDS,
        on_progress=lambda _done, _total: revived.extend(system.revive()),
    )
    return revived


def summary(rounds: Sequence[Round]) -> dict[str, Any]:
    """Return the rounds as JSON."""
    feeds = [feed for each in rounds for feed in each.feeds]
    return {
        "rounds": len(rounds),
        "correct_rounds": sum(each.correct for each in rounds),
        **report.outcome(feeds),
        "differences": [sentence for each in rounds for sentence in each.differences()],
    }
