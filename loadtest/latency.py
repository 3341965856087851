"""Time from an event's intended publication to its row being queryable.

Counted from when an event should have been sent, not from when a delayed sender got round to it: a stall of anything
counts for every event it held up (no coordinated omission).
"""

from itertools import product

import numpy as np
from hdrh.histogram import HdrHistogram

from loadtest.draw import Floats, Ints
from loadtest.expected import Expected
from loadtest.offsets import Offsets
from loadtest.run import Run
from loadtest.visibility import Sightings
from schemas.enums import Lateness

_LOWEST_US, _HIGHEST_US, _DIGITS = 1, 3_600_000_000, 3


def latencies_ms(
    landed: Expected, *, intended_ms: dict[int, Floats], first_offsets: Offsets, sightings: Sightings
) -> Floats:
    """Return the latency of every landed row that was seen.

    `intended_ms` maps a partition to the intended publication (UTC ms) of its events, in order of offset, of which
    the first is in `first_offsets`.
    """
    found = [np.empty(0)]
    is_late = landed.lateness > int(Lateness.ON_TIME)
    for partition, late in product(np.unique(landed.partition).tolist(), (False, True)):
        offsets: Ints = landed.offset[(landed.partition == partition) & (is_late == late)]
        intended = intended_ms[partition][offsets - first_offsets.get(partition, 0)]
        latency = sightings.visible_ms(partition, offsets, late=late) - intended
        found.append(latency[np.isfinite(latency)])
    return np.concatenate(found)


def recent_ms(run: Run, sightings: Sightings, *, since_ms: float) -> Floats:
    """Return the latency of every event intended since `since_ms` (UTC) that the watch has passed by now.

    For live views: retries and rejects count, too, as if they had become visible with the rows after them.
    """
    found = [np.empty(0)]
    for partition, intended in run.intended_ms().items():
        start = int(np.searchsorted(intended, since_ms))
        offsets = run.first_offsets.get(partition, 0) + np.arange(start, len(intended))
        latency = sightings.visible_ms(partition, offsets) - intended[start:]
        found.append(latency[np.isfinite(latency)])
    return np.concatenate(found)


def histogram_of(milliseconds: Floats) -> HdrHistogram:
    """Return a histogram of latencies in microseconds, exact to three digits; above an hour counts as an hour."""
    histogram = HdrHistogram(_LOWEST_US, _HIGHEST_US, _DIGITS)
    tenths, counts = np.unique((milliseconds * 10).astype(np.int64), return_counts=True)
    for value, count in zip(tenths.tolist(), counts.tolist(), strict=True):
        histogram.record_value(min(max(_LOWEST_US, value * 100), _HIGHEST_US), count)
    return histogram


def summary_ms(milliseconds: Floats) -> dict[str, float]:
    """Return p50, p99, p999 and max in milliseconds; empty when there is nothing."""
    if not len(milliseconds):
        return {}
    histogram = histogram_of(milliseconds)
    percentiles = {"p50": 50.0, "p99": 99.0, "p999": 99.9, "max": 100.0}
    return {name: histogram.get_value_at_percentile(at) / 1_000 for name, at in percentiles.items()}
