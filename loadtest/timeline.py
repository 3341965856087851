"""When each event of a scenario happens and is published, and of which scan it is a copy or a neighbour."""

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from loadtest.draw import Ints
from loadtest.profile import Profile
from loadtest.scenario import Offline, Scenario

_MINUTE_MS = 60_000
_HOUR_MS = 60 * _MINUTE_MS
_DAY_MS = 24 * _HOUR_MS

#: Each sort's delay from scan to broker in ms, at least and at most; all far from the borders of the rules (10
#: minutes, 72 hours, 28 days, -5 minutes), because the broker's clock is not known here.
_LATE_MS = (20 * _MINUTE_MS, 71 * _HOUR_MS)
_VERY_LATE_MS = (74 * _HOUR_MS, 27 * _DAY_MS)
_TOO_OLD_MS = (29 * _DAY_MS, 200 * _DAY_MS)
_FUTURE_MS = (_HOUR_MS, 30 * _DAY_MS)
#: A device sends an on-time scan within this time.
_PROMPT_MS = 1_500
#: Neighbours at the edge of a re-scan window lie at most this much beyond it.
_BEYOND_MS = 20_000
_LATER_RETRY_US = 300_000_000


class Defect(IntEnum):
    """What is wrong with an event, beyond its times."""

    NONE = 0
    EMPTY = 1
    TOMBSTONE = 2
    BAD_MAGIC = 3
    UNKNOWN_SCHEMA = 4
    TRUNCATED = 5
    TRAILING = 6
    OUT_OF_RANGE = 7
    NOISE = 8
    NOISE_BODY = 9
    OTHER_KEY = 10
    NO_KEY = 11
    SHORT_KEY = 12
    NO_SUBJECT = 13
    NO_SCAN_ID = 14
    WILD_CLOCK = 15


MALFORMED = tuple(defect for defect in Defect if Defect.NONE < defect <= Defect.NOISE_BODY)
INVALID = tuple(defect for defect in Defect if defect > Defect.NOISE_BODY)
WRONG_KEY = (Defect.OTHER_KEY, Defect.NO_KEY, Defect.SHORT_KEY)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Events in the order they are published; row i of every array is event i.

    `publish_us` and `event_ms` count from the scenario's start (event times may be negative). Events of one `scan`
    carry the same scan id (retries); events of one `visit` the same person, place and direction (re-scans).
    """

    publish_us: Ints
    event_ms: Ints
    scan: Ints
    visit: Ints
    defect: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.scan)

    def __getitem__(self, rows: slice | npt.NDArray[np.int64]) -> "Timeline":
        return Timeline(*(getattr(self, column.name)[rows] for column in fields(self)))

    def is_any(self, defects: Collection[Defect]) -> npt.NDArray[np.bool_]:
        """Tell which events have one of `defects`."""
        return np.isin(self.defect, [int(defect) for defect in defects])


def make_timeline(scenario: Scenario) -> Timeline:
    """Return the scenario's events in publishing order. An event follows what it repeats."""
    shares, random = scenario.shares, np.random.default_rng(scenario.seed)
    repeats = scenario.count(shares.retry), scenario.count(shares.rescan), scenario.count(shares.edge)
    first = _first_scans(scenario, scenario.visits, random)
    rescans = _rescans(scenario, first, repeats[1], random)
    edges = _edges(scenario, first, repeats[2], random)
    scans = _joined(first, rescans, edges)
    both = _joined(scans, _retries(scenario, scans, repeats[0], random))
    timeline = both[np.argsort(both.publish_us, kind="stable")]
    return _at_rates(scenario.profile, timeline, random) if scenario.profile else timeline


def _at_rates(profile: Profile, timeline: Timeline, random: np.random.Generator) -> Timeline:
    """Move the events, in their order, to moments of the profile's rates.

    All scans of a visit move in event time by as much as its first one in publishing time: their distances, which
    decide about re-scans, stay as they were made, and so does the first one's delay.
    """
    publish_us = profile.times_us(np.sort(random.random(len(timeline))))
    visits, first = np.unique(timeline.visit, return_index=True)
    moved_ms = np.zeros(int(visits[-1]) + 1, np.int64)
    moved_ms[visits] = (publish_us[first] - timeline.publish_us[first]) // 1000
    return replace(timeline, publish_us=publish_us, event_ms=timeline.event_ms + moved_ms[timeline.visit])


def _joined(*parts: Timeline) -> Timeline:
    return Timeline(*(np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(Timeline)))


def _first_publications(scenario: Scenario, count: int, random: np.random.Generator) -> Ints:
    if scenario.profile:
        return scenario.profile.times_us(np.sort(random.random(count)))
    return np.sort(random.integers(0, int(scenario.span_seconds * 1e6), count))


def _first_scans(scenario: Scenario, count: int, random: np.random.Generator) -> Timeline:
    publish_us = _first_publications(scenario, count, random)
    delay_ms = random.integers(20, _PROMPT_MS, count)
    sort = random.permutation(count)
    at = 0
    for share, (least, most), sign in (
        (scenario.shares.late, _LATE_MS, 1),
        (scenario.shares.very_late, _VERY_LATE_MS, 1),
        (scenario.shares.too_old, _TOO_OLD_MS, 1),
        (scenario.shares.future, _FUTURE_MS, -1),
    ):
        chosen = sort[at : at + scenario.count(share)]
        delay_ms[chosen] = sign * np.exp(random.uniform(np.log(least), np.log(most), len(chosen)))
        at += len(chosen)
    if scenario.offline:
        kept = _kept_offline(scenario.offline, publish_us, sort[at:], random)
        delay_ms[kept] = random.integers(_PROMPT_MS, int(scenario.offline.hours * _HOUR_MS), len(kept))
    defect = np.zeros(count, np.uint8)
    for share, defects in ((scenario.shares.malformed, MALFORMED), (scenario.shares.invalid, INVALID)):
        chosen = sort[at : at + scenario.count(share)]
        defect[chosen] = random.choice([int(each) for each in defects], len(chosen))
        at += len(chosen)
    number = np.arange(count)
    return Timeline(publish_us, publish_us // 1000 - delay_ms, number, number, defect)


def _kept_offline(offline: Offline, publish_us: Ints, candidates: Ints, random: np.random.Generator) -> Ints:
    second = publish_us[candidates] / 1e6
    inside = (second >= offline.from_second) & (second < offline.until_second)
    return candidates[inside & (random.random(len(candidates)) < offline.share)]


def _sound(scans: Timeline) -> Ints:
    return np.flatnonzero(scans.is_any([Defect.NONE]))


def _neighbours(origin: Timeline, *, publish_us: Ints, event_ms: Ints, first_scan: int) -> Timeline:
    number = first_scan + np.arange(len(origin))
    return Timeline(publish_us, event_ms, number, origin.visit, origin.defect)


def _rescans(scenario: Scenario, first: Timeline, count: int, random: np.random.Generator) -> Timeline:
    """Make scans soon after, and a few before, a first one; half of them within 20 seconds or so."""
    origin = first[random.choice(_sound(first), count)]
    most = np.log(scenario.feed.rescan_window_ms - 1)
    shift_ms = np.exp(random.uniform(np.log(1_000), most, count)).astype(np.int64)
    room_us = int(scenario.span_seconds * 1e6) - origin.publish_us
    before = (shift_ms * 1000 > room_us) | (random.random(count) < 0.1)
    publish_us = origin.publish_us + np.where(before, random.random(count) * room_us, shift_ms * 1000).astype(np.int64)
    event_ms = origin.event_ms + np.where(before, -shift_ms, shift_ms)
    return _neighbours(origin, publish_us=publish_us, event_ms=event_ms, first_scan=len(first))


def _edges(scenario: Scenario, first: Timeline, count: int, random: np.random.Generator) -> Timeline:
    """Make scans before a first one by the window's length, a millisecond less or more, a while more, or between."""
    window_ms = scenario.feed.rescan_window_ms
    origin = first[random.choice(_sound(first), count)]
    beyond = random.choice([-1, 0, 1, 2], count)
    beyond[beyond == 2] = random.integers(2, _BEYOND_MS, np.count_nonzero(beyond == 2))
    room_us = int(scenario.span_seconds * 1e6) - origin.publish_us
    publish_us = origin.publish_us + (random.random(count) * room_us * 0.5).astype(np.int64)
    outside = origin.event_ms - window_ms - beyond
    edge = _neighbours(
        origin, publish_us=publish_us, event_ms=outside, first_scan=len(first) + scenario.count(scenario.shares.rescan)
    )
    # Every third lies between the first scan and its neighbour at the edge: near two accepted ones.
    between = np.arange(2, count, 3)
    edge.visit[between] = edge.visit[between - 1]
    edge.publish_us[between] = (edge.publish_us[between - 1] + int(scenario.span_seconds * 1e6)) // 2
    edge.event_ms[between] = origin.event_ms[between - 1] - random.integers(_BEYOND_MS, window_ms, len(between))
    return edge


def _retries(scenario: Scenario, scans: Timeline, count: int, random: np.random.Generator) -> Timeline:
    """Make copies: half of them at once, half up to five minutes later."""
    origin = scans[random.choice(np.flatnonzero(~scans.is_any(MALFORMED)), count)]
    room_us = int(scenario.span_seconds * 1e6) - origin.publish_us
    later = random.random(count) * np.minimum(room_us, _LATER_RETRY_US)
    delay_us = np.where(random.random(count) < 0.5, random.integers(0, 3_000, count), later)
    return Timeline(
        origin.publish_us + delay_us.astype(np.int64), origin.event_ms, origin.scan, origin.visit, origin.defect
    )
