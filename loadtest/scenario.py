"""What a load test publishes, as data."""

from dataclasses import dataclass, field

from loadtest.profile import Profile
from schemas.kinds import VENUE, Feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Shares of all published events, 0 to 1. What remains are first scans, on time."""

    retry: float = 0.10
    rescan: float = 0.05
    #: Scans of the same person, place and direction at and just outside the edge of the re-scan window, and between.
    edge: float = 0.002
    late: float = 0.008
    very_late: float = 0.002
    too_old: float = 0.0002
    future: float = 0.0002
    #: Bytes that are no event.
    malformed: float = 0.001
    #: Decodable events with a wrong key, no subject, no scan id or an unbelievable clock.
    invalid: float = 0.0005


@dataclass(frozen=True, slots=True, kw_only=True)
class Offline:
    """Devices that were without a network send what they kept: a share of the first scans of some time.

    Of those published between `from_second` and `until_second`, `share` happened at any moment of the `hours` before.
    """

    share: float
    hours: float
    from_second: float
    until_second: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One feed's events: how many, over what time, and how many of each sort.

    `events` are published within `span_seconds` of scenario time, at random moments (a Poisson process), or with a
    `profile` at its rates to the event. `start_ms` is the UTC time the scenario's clock starts at. `seed` decides
    everything else: the same scenario gives the same bytes.
    """

    events: int
    span_seconds: float
    start_ms: int
    feed: Feed = VENUE
    partitions: int = 8
    seed: int = 1
    shares: Shares = field(default_factory=Shares)
    #: Visits of those who make any within the scenario: 22 % are by somebody who has made one before (Hanoi's daily
    #: report, domain.md 2.1 and 2.4).
    scans_per_person: float = 1.29
    #: Share of scans at places nobody registered.
    unknown_places: float = 0.002
    #: Share of visits that go to the same place, beyond what its popularity gives it.
    hot_place: float = 0.0
    offline: Offline | None = None
    profile: Profile | None = None

    def __post_init__(self) -> None:
        if self.events < 1 or self.span_seconds <= 0 or self.partitions < 1:
            raise ValueError("a scenario has at least one event, one partition and some time")
        if self.profile and (self.profile.events, self.profile.seconds) != (self.events, self.span_seconds):
            raise ValueError("a scenario has the events and the seconds of its rate profile")

    @property
    def visits(self) -> int:
        """How many events are neither retries nor re-scans nor at the edge of their window."""
        return max(1, self.events - sum(map(self.count, (self.shares.retry, self.shares.rescan, self.shares.edge))))

    def count(self, share: float) -> int:
        """Return how many events a share is."""
        return round(self.events * share)
