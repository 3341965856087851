"""Throughput, lag and latency of a scenario, second by second, over all its repeats."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from loadtest.reporting.chart import Floats, Lines, Mark, Panel, Series
from loadtest.reporting.read import Columns, Scenario

#: A line of more points is no clearer, and makes a page of megabytes.
_MOST_POINTS = 480
#: Two samples closer than this make no rate.
_LEAST_SECONDS = 0.5
#: Of a repeat that was cut short these are not known, and stand as zeros or not at all.
_UNKNOWN_AT_ZERO = frozenset({"offered", "p50", "p99"})
_GAP_STEPS = 3.0
_COUNTED = frozenset({"published", "landed"})
#: What says nothing while a topic is drained that lay full.
_FILLING = frozenset({"published", "offered_per_second"})


def over_time(scenario: Scenario) -> Lines | None:
    """Return the plot, or None where no repeat has samples; repeats cut short count only where there are no others.

    Lines are medians of the repeats, bands their lowest and highest. Where a run is longer than the plot is wide, a
    point is the mean of its seconds for rates, the worst for lag and latency.
    """
    repeats = [repeat for repeat in scenario.repeats if len(repeat.samples.get("seconds", ()))]
    samples = [repeat.samples for repeat in repeats if repeat.result] or [repeat.samples for repeat in repeats]
    is_drain = scenario.about.get("kind") == "drain"
    samples = [_without_idle_end(_since_landing(each) if is_drain else each) for each in samples]
    if not samples:
        return None
    panels = [
        Panel(
            y_label="events/s",
            series=_series(
                samples,
                ("offered_per_second", "offered", "offered"),
                ("published", "published", "published"),
                ("landed", "queryable", "landed"),
                worst=np.nanmean,
            ),
        ),
        Panel(y_label="lag, events", series=_series(samples, ("lag_events", "lag", "lag"), worst=np.nanmax)),
        Panel(
            y_label="latency, ms",
            series=_series(
                samples, ("latency_p50_ms", "p50", "p50"), ("latency_p99_ms", "p99", "p99"), worst=np.nanmax
            ),
            y_scale="log",
        ),
    ]
    return Lines(
        name=f"{scenario.name}-time",
        title=f"{scenario.name}: throughput, lag and latency over time",
        x_label="seconds since the first rows landed" if is_drain else "seconds since the start",
        panels=[panel for panel in panels if panel.series],
        marks=[*_warm_up(scenario.results), *_marks(scenario.results)],
    )


def _since_landing(samples: Columns) -> Columns:
    """Return the samples from the last one before anything had landed, which is second 0: the topic is full by then."""
    landed = np.nan_to_num(samples.get("landed", np.zeros(0)))
    if not landed.any():
        return samples
    start = max(0, int(np.flatnonzero(landed)[0]) - 1)
    kept = {name: values[start:] for name, values in samples.items() if name not in _FILLING}
    return {**kept, "seconds": kept["seconds"] - kept["seconds"][0]}


def _without_idle_end(samples: Columns) -> Columns:
    """Return the samples up to the last one in which something was published or landed, and one more."""
    counted = [np.nan_to_num(samples[name]) for name in _COUNTED if name in samples]
    moved = [int(np.flatnonzero(np.diff(values))[-1]) for values in counted if np.diff(values).any()]
    return {name: values[: max(moved) + 3] for name, values in samples.items()} if moved else samples


def combine(columns: Sequence[tuple[Floats, Floats]]) -> tuple[Floats, Floats, Floats, Floats]:
    """Return moments, and at each the median, lowest and highest of the repeats that have a value there."""
    moments = np.unique(np.concatenate([np.round(x) for x, _ in columns]))
    values = np.full((len(columns), len(moments)), np.nan)
    for row, (x, y) in enumerate(columns):
        values[row, np.searchsorted(moments, np.round(x))] = y
    known = ~np.isnan(values).all(axis=0)
    values = values[:, known]
    return moments[known], np.nanmedian(values, axis=0), np.nanmin(values, axis=0), np.nanmax(values, axis=0)


def with_gaps(x: Floats, *values: Floats) -> tuple[Floats, ...]:
    """Return the same with an unknown value in every gap of more than three usual steps, so that no line crosses it."""
    steps = np.diff(x)
    after = np.flatnonzero(steps > _GAP_STEPS * np.median(steps)) + 1 if len(steps) else np.empty(0, np.int64)
    middles = (x[after] + x[after - 1]) / 2
    return np.insert(x, after, middles), *(np.insert(each, after, np.nan) for each in values)


def _series(samples: Sequence[Columns], *wanted: tuple[str, str, str], worst: Callable[..., Any]) -> list[Series]:
    made = []
    for column, label, key in wanted:
        found = [_thin(*_column(each, column), worst) for each in samples if column in each]
        found = [(x, y) for x, y in found if _is_known(key, y)]
        if found:
            x, middle, low, high = with_gaps(*combine(found))
            several = len(found) > 1
            made.append(
                Series(
                    label=label,
                    key=key,
                    x=x,
                    y=middle,
                    low=low if several else None,
                    high=high if several else None,
                    dashed=key == "offered",
                )
            )
    return made


def _is_known(key: str, values: Floats) -> bool:
    if key in _UNKNOWN_AT_ZERO:
        return bool(np.nan_to_num(values).any())
    return not np.isnan(values).all()


def _column(samples: Columns, name: str) -> tuple[Floats, Floats]:
    """Return moments and values; what is counted up becomes a rate."""
    seconds, values = samples["seconds"], samples[name]
    if name not in _COUNTED:
        return seconds, values
    took = np.diff(seconds)
    apart = took > _LEAST_SECONDS
    return seconds[1:][apart], np.diff(values)[apart] / took[apart]


def _thin(x: Floats, y: Floats, worst: Callable[..., Any]) -> tuple[Floats, Floats]:
    """Return a point for each so many samples, equally many from the start to the end: else one part looks calmer."""
    together = -(-len(x) // _MOST_POINTS)
    if together <= 1:
        return x, y
    pieces = np.array_split(np.arange(len(x)), range(together, len(x), together))
    known = [piece[~np.isnan(y[piece])] for piece in pieces]
    kept = [piece for piece in known if len(piece)]
    return np.array([x[piece[0]] for piece in kept]), np.array([worst(y[piece]) for piece in kept])


def _warm_up(results: Sequence[Mapping[str, Any]]) -> list[Mark]:
    """Return the warm-up, which no figure counts; none where there was none."""
    seconds = max((float(result.get("warm_up_seconds") or 0) for result in results), default=0.0)
    return [Mark(start=0.0, end=seconds, label="warm-up")] if seconds else []


def _marks(results: Sequence[Mapping[str, Any]]) -> list[Mark]:
    """Return when faults began and ended in the first repeat that tells; a fault without an end is a moment."""
    for result in results:
        if faults := result.get("faults"):
            return [
                Mark(
                    start=float(fault["began"]),
                    end=float(fault.get("ended") or fault["began"]),
                    label=str(fault["name"]),
                )
                for fault in faults
            ]
    return []
