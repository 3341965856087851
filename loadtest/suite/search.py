"""Look for the highest sustained rate: which one to try next, and what the tries say. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loadtest.suite.spec import Search

#: Where not even this part of the first rate is sustained, the search gives up.
_LEAST_PART = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What was measured at one rate."""

    rate: float
    slope_share: float | None
    latency_p50_ms: float | None
    latency_p99_ms: float | None
    sustained: bool


def step_of(result: Mapping[str, Any], *, rate: float, search: Search, outcome: str) -> Step:
    """Return a step from a measurement's figures: sustained where its verdict is good and the lag did not grow."""
    slope, latency = result["lag"]["slope_share"], result["latency_ms"]
    return Step(
        rate=rate,
        slope_share=slope,
        latency_p50_ms=latency.get("p50"),
        latency_p99_ms=latency.get("p99"),
        sustained=outcome == "passed" and slope is not None and slope <= search.lag_slope_share,
    )


def highest_sustained(steps: Sequence[Step]) -> float:
    """Return the highest rate that was sustained; 0 if none was."""
    return max((step.rate for step in steps if step.sustained), default=0.0)


def next_rate(steps: Sequence[Step], search: Search, *, near: float | None = None) -> float | None:
    """Return the rate to try next; None when the search is over.

    Doubles while everything is sustained, then halves the interval between the highest sustained rate and the lowest
    one above it that was not, then goes through the shares of the knee. With `near`, what an earlier repetition found,
    it starts there, and looks above or below in strides of twice the resolution instead of doubling.
    """
    low = highest_sustained(steps)
    above = [step.rate for step in steps if not step.sustained and step.rate > low]
    stride = 2.0 if near is None else 1 + 2 * search.resolution
    if not steps:
        return near or search.first_rate
    if not above and low < search.most_rate:
        return min(_rounded(low * stride), search.most_rate)
    if above and _is_wide(low, min(above), search):
        return _rounded((low + min(above)) / 2) if low > 0 or near is None else _rounded(min(above) / stride)
    return _next_of_knee(steps, low, search)


def _is_wide(low: float, high: float, search: Search) -> bool:
    return high - low > search.resolution * high and (low > 0 or high > search.first_rate / _LEAST_PART)


def _next_of_knee(steps: Sequence[Step], low: float, search: Search) -> float | None:
    tried = [step.rate for step in steps]
    for share in search.knee:
        wanted = _rounded(low * share)
        if wanted > 0 and not any(abs(rate - wanted) <= 0.02 * low for rate in tried):
            return wanted
    return None


def _rounded(rate: float) -> float:
    return float(round(rate, -2)) if rate >= 1_000 else float(round(rate))
