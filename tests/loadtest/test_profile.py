"""A rate profile says how many events there are and when."""

import numpy as np
import pytest

from loadtest.profile import Profile, steady


def test_a_steady_profile_publishes_evenly() -> None:
    profile = steady(rate=100.0, seconds=10.0)
    assert (profile.events, profile.mean_rate, profile.highest_rate) == (1_000, 100.0, 100.0)
    times = profile.times_us(np.linspace(0, 1, 1_000, endpoint=False))
    assert np.bincount(times // 1_000_000).tolist() == [100] * 10


def test_a_ramp_publishes_as_many_events_as_the_area_below_it() -> None:
    profile = Profile(((0.0, 0.0), (10.0, 100.0)))
    assert profile.events == 500
    times = profile.times_us(np.linspace(0, 1, 100_000, endpoint=False))
    # Up to second t a ramp from nothing has done (t / 10)².
    assert np.searchsorted(times, 5_000_000) / 100_000 == pytest.approx(0.25, abs=1e-3)


def test_two_points_at_one_second_are_a_step() -> None:
    profile = Profile(((0.0, 10.0), (5.0, 10.0), (5.0, 90.0), (10.0, 90.0)))
    times = profile.times_us(np.linspace(0, 1, 500, endpoint=False))
    assert np.bincount(times // 1_000_000).tolist() == [10] * 5 + [90] * 5
    assert [profile.rate_at(second) for second in (4.9, 5.0, 10.0, -1.0)] == [10.0, 90.0, 0.0, 0.0]


def test_a_time_without_events_is_skipped() -> None:
    profile = Profile(((0.0, 10.0), (1.0, 10.0), (1.0, 0.0), (3.0, 0.0), (3.0, 10.0), (4.0, 10.0)))
    times = profile.times_us(np.linspace(0, 1, 20, endpoint=False))
    assert np.bincount(times // 1_000_000, minlength=4).tolist() == [10, 0, 0, 10]


def test_the_warm_up_is_the_first_rate() -> None:
    profile = Profile(((0.0, 10.0), (10.0, 30.0))).after(seconds=5)
    assert profile.points == ((0.0, 10.0), (5.0, 10.0), (15.0, 30.0))


@pytest.mark.parametrize(
    "points",
    [
        ((0.0, 1.0),),
        ((1.0, 1.0), (2.0, 1.0)),
        ((0.0, 1.0), (2.0, 1.0), (1.0, 1.0)),
        ((0.0, -1.0), (2.0, 1.0)),
        ((0.0, 0.0), (2.0, 0.0)),
    ],
)
def test_what_is_no_profile_is_refused(points: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValueError, match="a rate profile has"):
        Profile(points)
