"""Events at the rates of a profile keep what decides about them."""

from dataclasses import replace

import numpy as np

from loadtest.draw import Ints
from loadtest.generate import Workload
from loadtest.profile import Profile, steady
from loadtest.scenario import Offline, Scenario, Shares
from loadtest.timeline import Timeline, make_timeline
from tests.loadtest.scenarios import START_MS, fleet

_SURGE = Profile(((0.0, 100.0), (30.0, 100.0), (30.0, 1_000.0), (60.0, 1_000.0)))


def _scenario(profile: Profile, *, shares: Shares | None = None) -> Scenario:
    return Scenario(
        events=profile.events,
        span_seconds=profile.seconds,
        profile=profile,
        start_ms=START_MS,
        partitions=4,
        shares=shares or Shares(),
    )


def _delays_ms(timeline: Timeline) -> Ints:
    return timeline.publish_us // 1000 - timeline.event_ms


def test_the_events_come_at_the_rates_of_the_profile_to_the_event() -> None:
    timeline = make_timeline(_scenario(_SURGE))
    assert len(timeline) == _SURGE.events == 33_000
    counts = np.bincount(timeline.publish_us // 10_000_000)
    # A Poisson process: the standard deviation is the root of the number.
    assert np.all(np.abs(counts - np.array([1_000] * 3 + [10_000] * 3)) < 500)
    assert np.all(np.diff(timeline.publish_us) >= 0)


def test_a_repetition_follows_its_original_with_the_same_event_time() -> None:
    timeline = make_timeline(_scenario(_SURGE))
    first: dict[int, int] = {}
    for scan, event_ms in zip(timeline.scan.tolist(), timeline.event_ms.tolist(), strict=True):
        assert first.setdefault(scan, event_ms) == event_ms
    assert len(timeline) - len(first) == round(0.1 * len(timeline))


def test_prompt_scans_stay_prompt_and_late_ones_late() -> None:
    timeline = make_timeline(_scenario(steady(rate=500.0, seconds=60.0), shares=Shares(late=0.05, rescan=0, edge=0)))
    delays = _delays_ms(timeline)
    assert np.count_nonzero(delays > 600_000) / len(delays) > 0.05
    assert np.count_nonzero((delays > 200_000) & (delays < 600_000)) == 0


def test_the_same_scenario_gives_the_same_timeline() -> None:
    one, other = (make_timeline(_scenario(_SURGE)) for _ in range(2))
    assert np.array_equal(one.publish_us, other.publish_us)
    assert np.array_equal(one.event_ms, other.event_ms)


def test_devices_that_were_offline_send_what_they_kept_in_their_time_only() -> None:
    offline = Offline(share=0.9, hours=2, from_second=30, until_second=60)
    shares = Shares(late=0, very_late=0, too_old=0, future=0)
    timeline = make_timeline(replace(_scenario(_SURGE, shares=shares), offline=offline))
    old = _delays_ms(timeline) > 600_000
    # A twelfth of those kept are younger than ten minutes; re-scans and retries follow the first scans' times.
    assert 0.75 < np.mean(old[timeline.publish_us >= 30_000_000]) < 0.9
    assert not old[timeline.publish_us < 25_000_000].any()
    # Neighbours at the edge of a re-scan window are minutes older.
    assert _delays_ms(timeline).max() < 2 * 3_600_000 + 10 * 60_000


def test_a_hot_place_gets_its_share_beyond_its_popularity() -> None:
    def busiest(hot: float) -> float:
        workload = Workload(replace(_scenario(_SURGE), hot_place=hot), fleet())
        (chunk,) = workload.chunks(events=len(workload))
        counts = np.unique(chunk.columns.integer("place_id"), return_counts=True)[1]
        return float(counts.max() / len(chunk))

    assert busiest(0.2) - busiest(0.0) > 0.15
