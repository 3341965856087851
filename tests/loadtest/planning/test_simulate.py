"""The simulation where the answer is known without it."""

from dataclasses import replace

import numpy as np
import pytest

from loadtest.planning.simulate import Drained, Place, Service, partition_events, simulate_drain

_SERVICE = Service(worker_us=2, sink_us=3, wait_us=0, background_us=0)
_WIDE = Place(cores=100, workers=1, message_events=10_000)


def _drain(service: Service, place: Place, *, partitions: int = 1, each: int = 100_000) -> Drained:
    return simulate_drain(np.full(partitions, each, np.int64), service, place)


def test_one_partition_is_as_slow_as_its_slower_lane_after_the_first_message() -> None:
    assert _drain(_SERVICE, _WIDE).seconds == pytest.approx(0.02 + 0.3)
    assert _drain(replace(_SERVICE, worker_us=4), _WIDE).seconds == pytest.approx(0.4 + 0.03)


def test_waits_belong_to_a_lane_and_use_no_core() -> None:
    drained = _drain(replace(_SERVICE, wait_us=5), _WIDE)
    assert drained.seconds == pytest.approx(0.07 + 0.8)
    assert drained.busy_cores == pytest.approx(0.5 / drained.seconds)


def test_on_one_core_everything_takes_all_its_cpu() -> None:
    drained = _drain(_SERVICE, replace(_WIDE, cores=1), partitions=4)
    assert drained.seconds == pytest.approx(4 * 0.5)
    assert drained.busy_cores == pytest.approx(1)


def test_work_in_the_background_takes_its_share_of_the_cores() -> None:
    alone = _drain(_SERVICE, replace(_WIDE, cores=1), partitions=2)
    beside = _drain(replace(_SERVICE, background_us=5), replace(_WIDE, cores=1), partitions=2)
    assert alone.seconds < beside.seconds <= 2 * 0.1 * (2 + 3 + 5) + 1e-9


def test_a_worker_uses_one_core_however_many_partitions_it_has() -> None:
    drained = _drain(replace(_SERVICE, sink_us=0.1), _WIDE, partitions=8)
    assert drained.seconds == pytest.approx(8 * 0.2, rel=0.01)
    assert drained.busy_worker_cores == pytest.approx(1, rel=0.01)


def test_two_workers_do_it_in_half_the_time() -> None:
    one, two = (_drain(_SERVICE, replace(_WIDE, workers=workers), partitions=8) for workers in (1, 2))
    assert one.seconds == pytest.approx(2 * two.seconds, rel=0.05)


def test_partitions_overlap_their_waits_until_the_worker_is_full() -> None:
    service = replace(_SERVICE, sink_us=0.1, wait_us=18)
    rates = [_drain(service, _WIDE, partitions=count, each=500_000).events_per_second for count in (1, 2, 4, 40)]
    assert rates[1] == pytest.approx(2 * rates[0], rel=0.02)
    assert rates[2] == pytest.approx(4 * rates[0], rel=0.02)
    assert rates[3] == pytest.approx(500_000, rel=0.05)


def test_an_uneven_share_is_as_slow_as_its_largest_partition() -> None:
    even = simulate_drain(np.array([50_000, 50_000]), _SERVICE, _WIDE)
    uneven = simulate_drain(np.array([90_000, 10_000]), _SERVICE, _WIDE)
    assert uneven.seconds == pytest.approx(0.02 + 9 * 0.03 + 0.01)
    assert even.seconds < 0.25


def test_the_split_of_events_is_the_seeds_and_loses_none() -> None:
    split = partition_events(1_000_000, partitions=64, seed=1)
    assert (len(split), split.sum()) == (64, 1_000_000)
    assert np.array_equal(split, partition_events(1_000_000, partitions=64, seed=1))
    assert 15_000 < split.min() < split.max() < 16_300
