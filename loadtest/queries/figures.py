"""What is told of many timings of one thing."""

from collections.abc import Sequence
from statistics import median


def timings_ms(milliseconds: Sequence[float]) -> dict[str, float]:
    """Return median and maximum, 0 where there is none."""
    return {"p50": round(median(milliseconds or [0.0]), 1), "max": round(max(milliseconds, default=0.0), 1)}
