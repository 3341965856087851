"""Distributions as percentiles, by HdrHistogram. Pure."""

from collections.abc import Mapping, Sequence

import numpy as np
from hdrh.histogram import HdrHistogram

from loadtest.draw import Floats
from loadtest.latency import histogram_of

_LATENCY = {"p50": 50.0, "p90": 90.0, "p99": 99.0, "p999": 99.9, "p9999": 99.99, "max": 100.0}
_STAGE = {"p50": 50.0, "p99": 99.0}
_TICKS_PER_HALF_DISTANCE = 10


def latency_percentiles(milliseconds: Floats) -> dict[str, float]:
    """Return p50 to p99.99 and the maximum in ms; empty when there is nothing."""
    return _percentiles(milliseconds, _LATENCY)


def stage_percentiles(stages: Mapping[str, Floats]) -> dict[str, dict[str, float]]:
    """Return p50 and p99 of each stage in ms."""
    return {name: _percentiles(times[np.isfinite(times)], _STAGE) for name, times in stages.items()}


def curve(milliseconds: Floats) -> Sequence[tuple[float, float]]:
    """Return (percentile, ms) from 0 to 100, denser towards the end, as HdrHistogram's plots have it."""
    if not len(milliseconds):
        return []
    steps = histogram_of(milliseconds).get_percentile_iterator(_TICKS_PER_HALF_DISTANCE)
    return [(step.percentile_level_iterated_to, step.value_iterated_to / 1_000) for step in steps]


def _percentiles(milliseconds: Floats, wanted: Mapping[str, float]) -> dict[str, float]:
    if not len(milliseconds):
        return {}
    histogram: HdrHistogram = histogram_of(np.maximum(milliseconds, 0.0))
    return {name: round(histogram.get_value_at_percentile(at) / 1_000, 1) for name, at in wanted.items()}
