"""Whether what waits grows: a line through the lag, second by second. Pure."""

from collections.abc import Sequence
from typing import Any

import numpy as np

_LEAST_SAMPLES = 3


def slope_per_second(seconds: Sequence[float], values: Sequence[float]) -> float | None:
    """Return the slope of the least-squares line; None for fewer than three points."""
    if len(seconds) < _LEAST_SAMPLES:
        return None
    return float(np.polyfit(np.array(seconds), np.array(values), 1)[0])


def lag_figures(
    behind: Sequence[tuple[float, int]], *, rate: float, from_second: float, until_second: float
) -> dict[str, Any]:
    """Return the lag's slope, as a share of `rate` too, between two seconds, and its maximum.

    `behind` holds moments and how many events should have had their outcome by then and had none: what a slow broker
    keeps in the generator grows, too. The slope is what the load-test literature calls the lag trend (Theodolite); not
    growing means at most 1 % of load.
    """
    inside = [(second, float(count)) for second, count in behind if from_second <= second <= until_second]
    slope = slope_per_second([second for second, _ in inside], [count for _, count in inside])
    return {
        "slope_events_per_second": None if slope is None else round(slope, 2),
        "slope_share": None if slope is None or rate <= 0 else round(slope / rate, 5),
        "max_events": max((count for _, count in behind), default=0),
    }
