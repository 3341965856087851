"""Load against latency: where it begins to rise, and where the pipeline no longer keeps up."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from loadtest.reporting.chart import Floats, Lines, Mark, Panel, Series
from loadtest.reporting.read import Scenario


def knee(scenario: Scenario) -> Lines | None:
    """Return the plot of a search's steps, a line a repeat; None where the scenario is no search or has no step yet."""
    repeats: dict[int, list[Mapping[str, Any]]] = {}
    for step in scenario.search.get("steps", ()):
        repeats.setdefault(int(step.get("repeat", 1)), []).append(step)
    if not repeats:
        return None
    found = scenario.search.get("sustainable_events_per_second")
    return Lines(
        name=f"{scenario.name}-knee",
        title="Load against latency",
        x_label="offered load, events/s (hollow: not sustained)",
        panels=[
            Panel(
                y_label="latency, ms",
                series=[series for number in sorted(repeats) for series in _series(repeats[number])],
                y_scale="log",
            )
        ],
        marks=[Mark(start=found, end=found, label=f"sustainable: {found:,.0f}/s")] if found else [],
    )


def _series(steps: Sequence[Mapping[str, Any]]) -> list[Series]:
    ordered = sorted(steps, key=lambda step: float(step["rate"]))
    rate = _column(ordered, "rate")
    hollow = np.array([not step["sustained"] for step in ordered], np.bool_)
    return [
        Series(label=label, key=label, x=rate, y=_column(ordered, name), points=True, hollow=hollow)
        for label, name in (("p50", "latency_p50_ms"), ("p99", "latency_p99_ms"))
    ]


def _column(steps: Sequence[Mapping[str, Any]], name: str) -> Floats:
    """Return a figure of each step; NaN where nothing became visible."""
    return np.array([step.get(name) or np.nan for step in steps], np.float64)
