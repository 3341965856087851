"""Small scenarios with much of everything that may go wrong, for tests."""

from functools import cache

from loadtest.fleet import Fleet, make_fleet
from loadtest.generate import Workload
from loadtest.scenario import Scenario, Shares
from schemas.kinds import VENUE, Feed

START_MS = 1_635_000_000_000
ROUGH = Shares(
    retry=0.15,
    rescan=0.1,
    edge=0.05,
    late=0.05,
    very_late=0.03,
    too_old=0.01,
    future=0.01,
    malformed=0.03,
    invalid=0.03,
)


@cache
def fleet() -> Fleet:
    """Return a small fleet."""
    return make_fleet(places=2_000)


def rough_scenario(feed: Feed = VENUE, *, events: int = 4_000, seed: int = 7, start_ms: int = START_MS) -> Scenario:
    """Return a scenario in which a third of the events is out of the ordinary."""
    return Scenario(events=events, span_seconds=60, start_ms=start_ms, feed=feed, partitions=4, seed=seed, shares=ROUGH)


def rough_workload(feed: Feed = VENUE, *, events: int = 4_000, seed: int = 7) -> Workload:
    """Return the events of `rough_scenario`."""
    return Workload(rough_scenario(feed, events=events, seed=seed), fleet())
