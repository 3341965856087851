"""What a scenario's repeats come to: a verdict with its reasons, and the figures over all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from loadtest.reporting.read import Scenario

_RESULT_METRICS = {
    "events_per_second": ("events_per_second",),
    "latency_p50_ms": ("latency_ms", "p50"),
    "latency_p99_ms": ("latency_ms", "p99"),
    "latency_p999_ms": ("latency_ms", "p999"),
    "latency_p9999_ms": ("latency_ms", "p9999"),
    "cpu_us_per_event": ("cpu_us_per_event", "total_without_broker"),
    "recovery_seconds": ("recovery_seconds",),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`word` is passed, failed, unchecked (it could not be told) or not run; `reasons` are sentences."""

    word: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Metric:
    """Median, lowest and highest of a scenario's repeats."""

    median: float
    lowest: float
    highest: float


def verdict_of(scenario: Scenario) -> Verdict:
    """Return the scenario's verdict: the worst of its repeats; where one is missing it can't be passed."""
    if not scenario.repeats and not scenario.search:
        return Verdict("not run", ())
    results = [(repeat.number, repeat.result) for repeat in scenario.repeats if repeat.result is not None]
    words = [str(result.get("verdict", "unchecked")) for _, result in results]
    reasons = [f"repeat {number}: {reason}" for number, result in results for reason in result.get("reasons", ())]
    if missing := missing_repeats(scenario):
        reasons.append(f"repeats missing: {missing} of {scenario.planned}")
    return Verdict(_word(words, missing), tuple(reasons))


def missing_repeats(scenario: Scenario) -> int:
    """Return how many of the planned repeats have no result."""
    return max(0, scenario.planned - len(scenario.results))


def _word(words: list[str], missing: int) -> str:
    if "failed" in words:
        return "failed"
    return "passed" if words and not missing and set(words) == {"passed"} else "unchecked"


def metrics_of(scenario: Scenario) -> dict[str, Metric]:
    """Return the summary's metrics; where there is none yet, those of the repeats there are."""
    found = {
        name: Metric(float(metric["median"]), float(metric["min"]), float(metric["max"]))
        for name, metric in scenario.summary.get("metrics", {}).items()
        if metric and metric.get("median") is not None
    }
    for name, path in _RESULT_METRICS.items():
        values = [value for result in scenario.results if (value := _value(result, path)) is not None]
        if name not in found and values:
            found[name] = Metric(median(values), min(values), max(values))
    return found


def _value(result: Mapping[str, Any], path: tuple[str, ...]) -> float | None:
    value: Any = result
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return None if value is None else float(value)
