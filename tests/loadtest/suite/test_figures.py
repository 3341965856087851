"""Figures follow from samples and timings, and from nothing else."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from loadtest.draw import Ints
from loadtest.expected import Expected
from loadtest.offsets import CouldNotCheck
from loadtest.suite.acknowledged import Acknowledged, logged_ms_of_events, require_contiguous
from loadtest.suite.lag import lag_figures, slope_per_second
from loadtest.suite.landing_times import LandingTimes
from loadtest.suite.percentiles import curve, latency_percentiles
from loadtest.suite.prepared import Index
from loadtest.suite.recovery import ends_of_watch, recovery_seconds
from loadtest.suite.results import behind_of, cpu_figures, generator_figures, other_cores, rss_growth, seconds_of
from loadtest.suite.samples import Sample
from loadtest.suite.timings import timings_of
from loadtest.visibility import Sightings


def _sample(second: float, *, published: int = 0, landed: int = 0, cpu: float = 0.0, rss: int = 0) -> Sample:
    return Sample(
        seconds=second,
        published=published,
        landed=landed,
        active_parts=1,
        cpu_seconds={"worker": cpu, "generator": cpu / 10, "broker": 2 * cpu},
        rss_bytes={"worker": rss},
    )


def _growing(lag_per_second: int) -> list[tuple[float, int]]:
    return [(float(at), lag_per_second * at) for at in range(60)]


def test_the_slope_of_a_line_is_its_slope() -> None:
    assert slope_per_second([0, 1, 2, 3], [5, 8, 11, 14]) == pytest.approx(3)
    assert slope_per_second([0, 1], [0, 1]) is None


def test_a_lag_that_grows_by_a_tenth_of_the_load_has_that_slope() -> None:
    figures = lag_figures(_growing(100), rate=1_000, from_second=10, until_second=50)
    assert figures["slope_share"] == pytest.approx(0.1)
    assert figures["max_events"] == 5_900


def test_a_broker_that_takes_less_than_it_is_sent_is_not_kept_up_with() -> None:
    """All it acknowledges lands at once, so that only what should have been sent tells."""
    samples = [_sample(float(at), published=900 * at, landed=900 * at) for at in range(60)]
    behind = behind_of(samples, publish_us=np.arange(60_000) * 1_000)
    figures = lag_figures(behind, rate=1_000, from_second=10, until_second=50)
    assert figures["slope_share"] == pytest.approx(0.1, rel=0.01)


def test_the_slope_leaves_out_the_warm_up() -> None:
    behind = [(float(at), 1_000_000 if at < 10 else 1_000) for at in range(60)]
    assert lag_figures(behind, rate=1_000, from_second=10, until_second=60)["slope_share"] == pytest.approx(0)


def _recovered(counts: list[int], *, until: float = 100.0) -> float | None:
    behind = [(float(at), count) for at, count in enumerate(counts)]
    return recovery_seconds(behind, began=2.5, ended=4.0, until=until, rate=1_000)


def test_recovery_counts_from_the_faults_end_until_what_waits_stays_as_before() -> None:
    waiting = [500, 500, 500, 9_000, 20_000, 12_000, 5_000, 900, 400, 500, 500]
    assert _recovered(waiting) == 3.0
    assert _recovered(waiting, until=9.0) is None
    assert _recovered([*waiting[:8], 5_000, 400, 400, 400, 400]) == 5.0  # a short calm is none
    assert _recovered([*waiting[:6], *[9_000] * 20]) is None
    assert _recovered([500, 9_500, 500, *[12_000] * 20]) == 0.0  # it was no better before


def test_a_fault_can_have_recovered_until_the_next_one_begins() -> None:
    assert ends_of_watch([10.0, 40.0], load_end=90.0) == [40.0, 90.0]
    assert ends_of_watch([], load_end=90.0) == []


def test_what_a_dead_broker_keeps_in_the_generator_waits_too() -> None:
    samples = [_sample(1.0, published=2, landed=2), _sample(3.0, published=2, landed=2)]
    moments = np.array([500_000, 900_000, 1_500_000, 2_000_000, 4_000_000])
    assert behind_of(samples, publish_us=moments) == [(1.0, 0), (3.0, 2)]


def test_what_others_used_of_the_machine_is_told_in_cores() -> None:
    samples = [replace(_sample(float(at)), cpu_seconds={"others": 5.0 + 0.25 * at}) for at in range(9)]
    assert other_cores(samples, from_second=3.0) == 0.25
    assert other_cores(samples, from_second=8.0) is None


def test_cpu_counts_from_the_warm_ups_end_over_what_landed_since() -> None:
    samples = [
        _sample(float(at), landed=1_000 * at, cpu=50.0 if at < 5 else 50.0 + 0.01 * (at - 5)) for at in range(11)
    ]
    figures = cpu_figures(samples, warm_up_seconds=5)
    assert figures["worker"] == figures["total_without_broker"] == pytest.approx(10)
    assert figures["broker"] == pytest.approx(20)
    assert figures["generator"] == pytest.approx(1)


def test_memory_grows_by_a_share_between_the_loads_last_quarters() -> None:
    samples = [_sample(float(at), rss=1_000 if at < 75 else 1_200) for at in range(100)]
    assert rss_growth(samples, from_second=0, until_second=99) == pytest.approx(0.2)


def test_percentiles_and_their_curve_agree() -> None:
    times = np.arange(1, 10_001).astype(float)
    found = latency_percentiles(times)
    assert found["p50"] == pytest.approx(5_000, rel=2e-3)
    assert found["p9999"] == pytest.approx(9_999, rel=2e-3)
    points = curve(times)
    assert points[-1][0] == 100.0
    assert points[-1][1] == pytest.approx(10_000, rel=2e-3)
    assert all(earlier[1] <= later[1] for earlier, later in pairwise(points))
    assert latency_percentiles(np.empty(0)) == {}
    assert curve(np.empty(0)) == []


def _landed(offsets: list[int], *, late: list[bool]) -> Expected:
    count = len(offsets)
    none, nothing = np.zeros(count, np.int8), np.zeros(count, np.int64)
    lateness = np.array([2 if each else 1 for each in late], np.int8)
    return Expected(
        np.zeros(count, np.int64), np.array(offsets), np.zeros((count, 16), np.uint8), none, none, nothing, lateness
    )


def test_a_latency_is_the_sum_of_its_stages_and_counts_from_the_intended_moment() -> None:
    sightings = Sightings()
    sightings.add(0, 11, 1_000.0)
    sightings.add(0, 13, 2_000.0)
    times = timings_of(
        _landed([10, 12, 13, 14], late=[False] * 4),
        intended_ms={0: np.array([100.0, 200.0, 300.0, 400.0, 500.0])},
        logged_ms={0: np.array([130, 230, 330, 430, 530])},
        landing={0: LandingTimes(np.array([-1, 12, 14]), np.array([0, 700, 900]))},
        sightings=sightings,
        first_offsets={0: 10},
    )
    assert times.latency_ms.tolist() == [900.0, 1_700.0, 1_600.0]  # what nobody saw is not among them
    stages = times.stages_ms()
    assert stages["publish"].tolist() == [30.0, 30.0, 30.0]
    assert stages["worker"].tolist() == [570.0, 370.0, 470.0]
    assert np.array_equal(sum(stages.values()), times.latency_ms)
    assert times.since(300.0).latency_ms.tolist() == [1_700.0, 1_600.0]
    rows = seconds_of(
        [_sample(0.5), _sample(2.0)], times, publish_us=np.array([100_000, 600_000, 700_000]), start_ms=0.0
    )
    assert [(row.offered, row.latency_p50_ms) for row in rows] == [(2, None), (1, 1_600.0)]


def _index(partitions: list[int], *, events: int = 2) -> Index:
    count = len(partitions)
    return Index(
        starts=np.arange(count),
        lengths=np.ones(count, np.int64),
        events=np.full(count, events),
        partitions=np.array(partitions),
        due_us=20_000 * (1 + np.arange(count)),
    )


def _told(
    base_offset: list[int],
    *,
    sent_us: Ints | None = None,
    acked_us: Ints | None = None,
    connected_us: int | Ints = 0,
) -> Acknowledged:
    count = len(base_offset)
    sent = 20_000 * (1 + np.arange(count)) if sent_us is None else sent_us
    return Acknowledged(
        sent_us=sent,
        connected_us=np.full(count, connected_us),
        acked_us=sent + 5_000 if acked_us is None else acked_us,
        base_offset=np.array(base_offset),
        logged_ms=1_000 + np.arange(count),
    )


def test_every_event_gets_its_batchs_stamp() -> None:
    partitions = np.array([1, 0, 1, 0, 0, 0, 1])  # the last event was not acknowledged
    stamps = logged_ms_of_events(_told([0, 0, 2]), _index([0, 1, 0]), partitions)
    assert stamps.tolist() == [1_001, 1_000, 1_001, 1_000, 1_002, 1_002]


def test_a_batch_at_another_offset_than_expected_cannot_be_checked() -> None:
    index = _index([0, 1, 0])
    require_contiguous(_told([7, 0, 9]), index, {0: 7, 1: 0})
    with pytest.raises(CouldNotCheck, match="partition 0: the broker put a batch at offset 10, not at 9"):
        require_contiguous(_told([7, 0, 10]), index, {0: 7, 1: 0})


def test_waiting_for_the_broker_does_not_count_as_the_generator_being_late() -> None:
    index = _index([0] * 10)
    acked = np.full(10, 1_000_000)  # nothing is acknowledged for a second: five batches go out, the others wait
    sent = np.where(np.arange(10) < 5, index.due_us, 1_000_000)
    figures = generator_figures(_told(list(range(0, 20, 2)), sent_us=sent, acked_us=acked), index)
    assert figures["late_ms"]["max"] == pytest.approx(0.0, abs=0.01)
    late = generator_figures(_told(list(range(0, 20, 2)), sent_us=index.due_us + 300_000), index)
    assert late["late_ms"]["p50"] == pytest.approx(300, rel=2e-3)


def test_a_broker_that_is_away_does_not_count_as_the_generator_being_late() -> None:
    index = _index([0] * 10)
    sent = np.maximum(index.due_us, 150_000)  # there is nobody to send to until then
    offsets = list(range(0, 20, 2))
    away = generator_figures(_told(offsets, sent_us=sent, connected_us=np.where(sent == 150_000, 150_000, 0)), index)
    assert away["late_ms"]["max"] == pytest.approx(0.0, abs=0.01)
    there = generator_figures(_told(offsets, sent_us=sent), index)
    assert there["late_ms"]["max"] == pytest.approx(130, rel=2e-3)
