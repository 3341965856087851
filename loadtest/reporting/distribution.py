"""How latency is distributed: percentiles towards p99.99, where the rare and slow ones are."""

from collections.abc import Sequence

import numpy as np

from loadtest.reporting.chart import Floats, Lines, Panel, Scale, Series
from loadtest.reporting.read import Columns, Scenario

#: Points of the curve, evenly spread on the axis: log of 1 / (1 - p), from p0 to p99.99.
_PERCENTILES = 100 * (1 - np.logspace(0, -4, 161))
_WHAT = "latency from intended send to queryable"
_MOST_SCENARIOS = 8
_WIDE = 30.0


def distribution(scenario: Scenario) -> Lines | None:
    """Return a scenario's curve: median of its repeats with their band; None where no repeat has one."""
    series = _curve(scenario, label="median of repeats" if len(_found(scenario)) > 1 else "latency", key="landed")
    return _lines(f"{scenario.name}-latency", f"{scenario.name}: {_WHAT}", [series] if series else [])


def distributions(scenarios: Sequence[Scenario]) -> Lines | None:
    """Return the curves of scenarios without faults in one plot, the slowest where they are too many to tell apart.

    None where there are none.
    """
    untouched = [scenario for scenario in scenarios if not scenario.about.get("fault")]
    curves = [_curve(scenario, label=scenario.name, key=scenario.name) for scenario in untouched]
    series = [curve for curve in curves if curve]
    slowest = sorted(series, key=lambda each: -float(each.y[-1]))[:_MOST_SCENARIOS]
    shown = [each for each in series if any(each is one for one in slowest)]
    some = f": the slowest {len(shown)} of {len(series)} scenarios" if len(shown) < len(series) else ""
    if len(series) == 1:
        some = f": {series[0].label}"
    return _lines("latency", f"{_WHAT.capitalize()}{some}", shown)


def _lines(name: str, title: str, series: Sequence[Series]) -> Lines | None:
    if not series:
        return None
    lowest, highest = min(float(each.y.min()) for each in series), max(float(each.y.max()) for each in series)
    scale: Scale = "log" if lowest > 0 and highest > _WIDE * lowest else "linear"
    return Lines(
        name=name,
        title=title,
        x_label="percentile",
        x_scale="percentile",
        panels=[Panel(y_label="ms", series=series, y_scale=scale)],
    )


def _curve(scenario: Scenario, *, label: str, key: str) -> Series | None:
    found = [_at(latency) for latency in _found(scenario)]
    if not found:
        return None
    values = np.stack(found)
    several = len(found) > 1
    return Series(
        label=label,
        key=key,
        x=1 / (1 - _PERCENTILES / 100),
        y=np.median(values, axis=0),
        low=values.min(axis=0) if several else None,
        high=values.max(axis=0) if several else None,
    )


def _found(scenario: Scenario) -> list[Columns]:
    return [repeat.latency for repeat in scenario.repeats if len(repeat.latency.get("percentile", ()))]


def _at(latency: Columns) -> Floats:
    """Return the latency at each of our percentiles; beyond the last one that is below 100, the highest of all."""
    below = latency["percentile"] < 100
    axis = -np.log10(1 - latency["percentile"][below] / 100)
    ms, highest = latency["latency_ms"][below], latency["latency_ms"].max()
    wanted = -np.log10(1 - _PERCENTILES / 100)
    return np.interp(wanted, axis, ms, right=highest) if below.any() else np.full(len(wanted), highest)
