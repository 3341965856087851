"""A flood of malformed events among the sound ones."""

from dataclasses import fields

import numpy as np

from loadtest.timeline import MALFORMED, Timeline

_DELAY_MS = 1_000


def with_flood(timeline: Timeline, *, after_seconds: float, seconds: float, factor: float, seed: int = 1) -> Timeline:
    """Return the timeline with malformed events added: `factor` for each event it has in those `seconds`.

    They come evenly spread, of every kind, each of a scan and visit of its own; what was there stays as it is.
    """
    start_us, end_us = int(after_seconds * 1e6), int((after_seconds + seconds) * 1e6)
    first, last = np.searchsorted(timeline.publish_us, [start_us, end_us])
    count = int((last - first) * factor)
    publish_us = np.linspace(start_us, end_us, count, endpoint=False).astype(np.int64)
    number = np.arange(count)
    kinds = np.random.default_rng(seed).choice([int(defect) for defect in MALFORMED], count)
    flood = Timeline(
        publish_us,
        publish_us // 1000 - _DELAY_MS,
        int(timeline.scan.max(initial=-1)) + 1 + number,
        int(timeline.visit.max(initial=-1)) + 1 + number,
        kinds.astype(timeline.defect.dtype),
    )
    both = Timeline(
        *(np.concatenate([getattr(part, column.name) for part in (timeline, flood)]) for column in fields(Timeline))
    )
    return both[np.argsort(both.publish_us, kind="stable")]
