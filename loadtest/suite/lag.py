"""Whether what waits grows: a line through the lag, second by second. Pure."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from loadtest.suite.samples import Sample

_LEAST_SAMPLES = 3


def slope_per_second(seconds: Sequence[float], values: Sequence[float]) -> float | None:
    """Return the slope of the least-squares line; None for fewer than three points."""
    if len(seconds) < _LEAST_SAMPLES:
        return None
    return float(np.polyfit(np.array(seconds), np.array(values), 1)[0])


def lag_figures(samples: Sequence[Sample], *, rate: float, from_second: float, until_second: float) -> dict[str, Any]:
    """Return the lag's slope, as a share of `rate` too, between two seconds, and its maximum over all samples.

    The slope is what the load-test literature calls the lag trend (Theodolite); not growing means at most 1 % of load.
    """
    inside = [sample for sample in samples if from_second <= sample.seconds <= until_second]
    slope = slope_per_second([s.seconds for s in inside], [float(s.lag_events) for s in inside])
    return {
        "slope_events_per_second": None if slope is None else round(slope, 2),
        "slope_share": None if slope is None or rate <= 0 else round(slope / rate, 5),
        "max_events": max((sample.lag_events for sample in samples), default=0),
    }
