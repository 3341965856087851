"""What the demonstration publishes: how much of it by which way, and who scans."""

from collections.abc import Mapping

from loadtest.scenario import Scenario
from schemas.kinds import ALERT, CHECKPOINT, REPORTS, VEHICLE, VENUE, Feed

#: Shares of the rate. Vehicles' devices use the gateway, the others publish to Kafka through their app's servers.
DIRECT: dict[Feed, float] = {VENUE: 0.8, CHECKPOINT: 0.12}
BY_GATEWAY: dict[Feed, float] = {VEHICLE: 0.08}
#: Reports go through the gateway; nobody sends alerts, the worker raises them.
REPORTED: tuple[Feed, ...] = tuple(feed for feed in REPORTS if feed is not ALERT)
PER_SECOND = 3
#: Scanning people of whom something is reported, too: some of their scans raise alerts.
KNOWN_PEOPLE = 200
FEEDS: tuple[Feed, ...] = (*DIRECT, *BY_GATEWAY, *REPORTED, ALERT)
_SEEDS_A_START = 1_000


def seed_of_start(seed: int, *, start_ms: int) -> int:
    """Return a seed that no other demonstration has, whose events the stores would take for repeated ones."""
    return start_ms * _SEEDS_A_START + seed % _SEEDS_A_START


def scenarios(
    shares: Mapping[Feed, float],
    *,
    seconds: float,
    rate: float,
    seed: int,
    start_ms: int,
    partitions: Mapping[str, int],
) -> list[Scenario]:
    """Return a scenario for each feed of `shares`; `partitions` holds the number of each raw topic.

    Other people scan in every demonstration: the stores remember the last one's, and scans of the same people minutes
    later would be re-scans, which the truth of this run alone can't know.
    """
    return [
        Scenario(
            events=max(1, int(rate * share * seconds)),
            span_seconds=seconds,
            start_ms=start_ms,
            feed=feed,
            partitions=partitions[feed.topic],
            seed=seed_of_start(seed, start_ms=start_ms),
        )
        for feed, share in shares.items()
    ]
