"""Chaos rounds over the real stores: what they publish, and how what came of it is looked at."""

import time
from collections.abc import Callable, Mapping

from loadtest.chaos import DRAIN_SECONDS, Campaign, Injury, Load, Published, World, do_rounds
from loadtest.check import FeedResult, check_feed
from loadtest.drain import wait_drained
from loadtest.fleet import Fleet
from loadtest.live import LiveLoad
from loadtest.offsets import end_offsets
from loadtest.recovery import Lag
from loadtest.rounds import Round
from loadtest.scenario import Scenario, Shares
from loadtest.stamped import expected_as_stamped
from loadtest.system import System
from loadtest.through_gateway import MixedLoad, ThroughGateway
from schemas.kinds import CHECKPOINT, VEHICLE, VENUE, Feed

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
#: Events a second: each device's are a request of their own, which cost the generator more than the gateway.
_MOST_BY_GATEWAY = 200.0
#: Longer than a round takes beside its fault; the load is stopped when the system has recovered.
_LONGEST_ROUND_SECONDS = 120.0
#: What the ledger may always be behind: publishing, deciding and landing take half of it, more on a busy machine.
_USUAL_SECONDS = 2.0
#: A broker that is down delays what is published meanwhile.
_UNCERTAINTY_MS = 60_000


def run_chaos(
    system: System, fleet: Fleet, campaign: Campaign, *, rate: float, measure_recovery: bool = True
) -> list[Round]:
    """Do a campaign at `rate` events a second, and return what came of each round; see `do_rounds`.

    The system runs with one worker and one sink, the fleet is registered, and nobody else publishes. Where recovery
    is measured, the load goes on until then, some seconds longer than without.
    """
    return do_rounds(system, real_world(system, fleet, rate=rate, measure_recovery=measure_recovery), campaign)


def real_world(system: System, fleet: Fleet, *, rate: float, measure_recovery: bool) -> World:
    """Return the world that publishes to the system's Kafka and looks at its ClickHouse, which are there now."""
    partitions = {feed: len(end_offsets(system.kafka, feed.topic)) for feed in _FEED_SHARES}
    client = system.clickhouse()  # it outlives the restarts of what it asks

    def drain(run: Published, injury: Injury, each_time: Callable[[], None]) -> None:
        wait_drained(
            client,
            run.feed,
            ends=end_offsets(system.kafka, run.feed.topic),
            timeout_seconds=DRAIN_SECONDS * injury.patience,
            on_progress=lambda _done, _total: each_time(),
        )

    def new_load(seed: int, injury: Injury) -> Load:
        if "gateway-broker" in injury.fault.needs:
            rates = {feed: min(rate * share, _MOST_BY_GATEWAY) for feed, share in _FEED_SHARES.items()}
            by_gateway, *direct = _scenarios(partitions, injury, rates=rates, seed=seed)
            return MixedLoad(system, fleet, direct=direct, by_gateway=by_gateway)
        rates = {feed: rate * share for feed, share in _FEED_SHARES.items()}
        load = LiveLoad(system.publishers_kafka, fleet, _scenarios(partitions, injury, rates=rates, seed=seed))
        for run in load.runs:
            run.workload.timeline = injury.fault.shape(run.workload.timeline, injury.seconds)
        return load

    return World(
        new_load=new_load,
        drain=drain,
        check=lambda run, injury: _check(system, run, injury),
        lag=Lag(system.kafka, client, partitions) if measure_recovery else None,
        usual_lag=int(rate * _USUAL_SECONDS),
    )


def _check(system: System, run: Published, injury: Injury) -> FeedResult:
    if isinstance(run, ThroughGateway):
        log = run.log()
        return check_feed(system, log, log.expected())
    if injury.fault.restamps:
        return check_feed(system, run, expected_as_stamped(system.kafka, run))
    return check_feed(system, run, run.expected(uncertainty_ms=_UNCERTAINTY_MS))


def _scenarios(
    partitions: Mapping[Feed, int], injury: Injury, *, rates: Mapping[Feed, float], seed: int
) -> list[Scenario]:
    start_ms = int((time.time() + injury.lead_seconds) * 1_000)
    seconds = _LONGEST_ROUND_SECONDS * injury.patience
    return [
        Scenario(
            events=max(1, int(rate * seconds)),
            span_seconds=seconds,
            start_ms=start_ms,
            feed=feed,
            partitions=partitions[feed],
            seed=seed,
            shares=_SHARES,
        )
        for feed, rate in rates.items()
    ]
