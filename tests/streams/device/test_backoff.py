"""Pauses grow, are bounded, and differ between devices."""

from hypothesis import given
from hypothesis import strategies as st

from streams.device.backoff import Backoff


def test_the_span_doubles_up_to_its_bound_and_begins_anew() -> None:
    longest = Backoff(uniform=lambda _low, high: high)
    assert [longest.pause_seconds() for _ in range(9)] == [0.5, 1, 2, 4, 8, 16, 32, 60, 60]
    longest.reset()
    assert longest.pause_seconds() == 0.5


@given(st.integers(0, 10_000), st.floats(0, 1), st.floats(0, 300))
def test_what_the_gateway_asks_for_is_kept_and_jitter_comes_on_top(failures: int, share: float, asked: float) -> None:
    backoff = Backoff(uniform=lambda low, high: low + share * (high - low), failures=failures)
    assert asked <= backoff.pause_seconds(at_least=asked) <= asked + 60


def test_the_jitter_is_full() -> None:
    lowest = Backoff(uniform=lambda low, _high: low, failures=10)
    assert lowest.pause_seconds() == 0
    assert len({Backoff(failures=10).pause_seconds() for _ in range(5)}) > 1
