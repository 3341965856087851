"""The search finds the border between what is sustained and what is not."""

import pytest

from loadtest.suite.search import Step, highest_sustained, next_rate, step_of
from loadtest.suite.spec import Search


def _search(capacity: float, search: Search, *, near: float | None = None) -> list[float]:
    """Return the rates tried on a system that sustains everything up to `capacity`."""
    steps: list[Step] = []
    while (rate := next_rate(steps, search, near=near)) is not None:
        assert len(steps) < 50
        steps.append(
            Step(rate=rate, slope_share=0.0, latency_p50_ms=None, latency_p99_ms=None, sustained=rate <= capacity)
        )
    return [step.rate for step in steps]


_WANTED = Search(first_rate=20_000, most_rate=400_000, step_seconds=30, resolution=0.05)


@pytest.mark.parametrize("capacity", [23_000, 40_000, 97_000, 250_000])
def test_it_ends_within_its_resolution_below_the_border(capacity: float) -> None:
    sustained = max(rate for rate in _search(capacity, _WANTED) if rate <= capacity)
    assert capacity * 0.94 <= sustained <= capacity


def test_it_doubles_and_then_halves_the_interval() -> None:
    assert _search(97_000, _WANTED) == [20_000, 40_000, 80_000, 160_000, 120_000, 100_000, 90_000, 95_000]


def test_it_stops_at_the_highest_rate_it_may_try() -> None:
    assert _search(1e9, _WANTED)[-1] == 400_000


def test_it_looks_below_the_first_rate_where_that_is_too_much() -> None:
    assert 0 < max(rate for rate in _search(7_000, _WANTED) if rate <= 7_000) <= 7_000


def test_it_gives_up_where_nothing_is_sustained() -> None:
    assert _search(0, _WANTED) == [20_000, 10_000, 5_000, 2_500]


@pytest.mark.parametrize("capacity", [70_000, 97_000, 130_000])
def test_a_repetition_looks_around_what_the_one_before_found(capacity: float) -> None:
    tried = _search(capacity, _WANTED, near=95_000)
    assert tried[0] == 95_000
    assert capacity * 0.94 <= max(rate for rate in tried if rate <= capacity)
    assert len(tried) <= 6


def test_a_repetition_gives_up_as_a_first_one_does() -> None:
    assert min(_search(0, _WANTED, near=95_000)) > 2_000


def test_it_goes_through_the_knee_last() -> None:
    wanted = Search(first_rate=10_000, most_rate=10_000, step_seconds=30, knee=[0.5, 0.9])
    assert _search(1e9, wanted) == [10_000, 5_000, 9_000]


def test_a_step_is_sustained_only_if_the_lag_did_not_grow_and_nothing_failed() -> None:
    def sustained(slope: float | None, outcome: str) -> bool:
        result = {"lag": {"slope_share": slope}, "latency_ms": {"p50": 1.0, "p99": 2.0}}
        return step_of(result, rate=1.0, search=_WANTED, outcome=outcome).sustained

    assert sustained(0.01, "passed")
    assert not sustained(0.011, "passed")
    assert not sustained(0.0, "failed")
    assert not sustained(0.0, "unchecked")
    assert not sustained(None, "passed")
    assert highest_sustained([]) == 0.0
