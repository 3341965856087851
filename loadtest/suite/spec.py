"""What a scenario file may say: one struct a table, checked to the key and the type."""

from dataclasses import fields
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from loadtest.profile import Profile
from loadtest.scenario import Shares

Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=1)]

_SHARES = [each.name for each in fields(Shares)]


class OfflineTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Devices send what they kept while they had no network; see `scenario.Offline`."""

    share: Share
    hours: Positive
    from_second: NotNegative
    until_second: Positive


class Analysts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`readers` ask the queries in turn, each with a pause after an answer, for as long as the load lasts.

    In a query {now}, {hour_ago}, {day_ago} and {day} (in Vietnam) are times, {person} is a pseudonym and {place} a
    place of the load; each becomes a value in SQL.
    """

    readers: Count
    pause_seconds: NotNegative
    queries: Annotated[list[str], Meta(min_length=1)]


class Search(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Look for the highest rate at which the lag's slope stays within `lag_slope_share` of the load.

    Steps of `step_seconds`: doubling from `first_rate` up to `most_rate`, then halving the interval until it is within
    `resolution` of the rate; then latency at the shares of it in `knee`.
    """

    first_rate: Positive
    most_rate: Positive
    step_seconds: Positive
    resolution: Annotated[float, Meta(gt=0, lt=1)] = 0.05
    lag_slope_share: Positive = 0.01
    knee: list[Share] = []


class Backlog(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A topic that is full before the worker starts."""

    events: Count


class FaultTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is done to the system, `at_seconds` after the warm-up (docs/faults.md), and for how long; see `fault.Fault`.

    Without `seconds` that is drawn within the fault's own bounds.
    """

    at_seconds: NotNegative
    name: str
    seconds: Positive | None = None


class Bounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a run must keep to pass, beyond exactness, which is always demanded. What is absent is not demanded."""

    p50_ms: Positive | None = None
    p99_ms: Positive | None = None
    p999_ms: Positive | None = None
    lag_slope_share: Positive | None = None
    events_per_second: Positive | None = None
    cpu_us_per_event: Positive | None = None
    recovery_seconds: Positive | None = None
    rss_growth_share: Positive | None = None
    query_p99_ms: Positive | None = None


class Spec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A scenario file.

    `profile` lists (second, events a second), linear in between, two points at one second being a step; the warm-up is
    its first rate, before second 0. A live scenario has a profile, a search `search`, a drain `backlog`.
    """

    title: str
    about: str
    kind: Literal["live", "search", "drain"] = "live"
    feed: Literal["venue", "checkpoint", "vehicle"] = "venue"
    seed: Annotated[int, Meta(ge=0)] = 1
    partitions: Annotated[int, Meta(ge=1, le=1024)] = 4
    workers: Annotated[int, Meta(ge=1, le=8)] = 1
    places: Annotated[int, Meta(ge=100)] = 20_000
    warm_up_seconds: NotNegative = 15.0
    profile: list[tuple[NotNegative, NotNegative]] = []
    shares: dict[str, Share] = {}
    scans_per_person: Positive = 1.29
    hot_place: Share = 0.0
    drain_seconds: Positive = 180.0
    look_milliseconds: Annotated[int, Meta(ge=10)] = 50
    offline: OfflineTable | None = None
    analysts: Analysts | None = None
    search: Search | None = None
    backlog: Backlog | None = None
    fault: list[FaultTable] = []
    verdict: Bounds = Bounds()

    def __post_init__(self) -> None:
        unknown = [name for name in self.shares if name not in _SHARES]
        if unknown:
            raise ValueError(f"`shares.{unknown[0]}` is no share; the shares are {', '.join(_SHARES)}")
        needed = {"live": self.profile, "search": self.search, "drain": self.backlog}
        names = {"live": "profile", "search": "search", "drain": "backlog"}
        for kind, has in needed.items():
            if bool(has) != (kind == self.kind):
                verb = "needs" if kind == self.kind else "has no"
                raise ValueError(f"a scenario of kind {self.kind!r} {verb} `{names[kind]}`")
        if self.profile:
            _ = self.rates

    @property
    def rates(self) -> Profile:
        """The rates after the warm-up; raise ValueError where they make no profile."""
        return Profile(tuple((float(second), float(rate)) for second, rate in self.profile))
