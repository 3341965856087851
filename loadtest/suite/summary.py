"""Several repetitions of a scenario in one: medians and spread. Pure."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from loadtest.suite.verdict import worst

_LATENCIES = ("p50", "p99", "p999", "p9999")
_PRODUCT = ("worker", "sink", "clickhouse", "gateway")


def summary(scenario: str, results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the scenario's summary: each metric's median, minimum and maximum, and the worst verdict.

    Failed repetitions count like all others: leaving them out would flatter.
    """
    values: dict[str, list[float]] = {}
    for result in results:
        for name, value in metrics_of(result).items():
            values.setdefault(name, []).append(value)
    return {
        "scenario": scenario,
        "repeats": len(results),
        "metrics": {
            name: {"median": median(found), "min": min(found), "max": max(found)} for name, found in values.items()
        },
        "verdict": worst([result["verdict"] for result in results]),
        "reasons": [f"repetition {result['repeat']}: {reason}" for result in results for reason in result["reasons"]],
    }


def metrics_of(result: Mapping[str, Any]) -> dict[str, float]:
    """Return the figures of a result that are summed up; those it does not have are left out."""
    latency = result.get("latency_ms", {})
    found = {
        "events_per_second": result.get("events_per_second"),
        **{f"latency_{name}_ms": latency.get(name) for name in _LATENCIES},
        "cpu_us_per_event": result.get("cpu_us_per_event", {}).get("total_without_broker"),
        "rss_total_bytes": sum(result.get("rss_bytes", {}).get(name, 0) for name in _PRODUCT) or None,
        "recovery_seconds": result.get("recovery_seconds"),
    }
    return {name: value for name, value in found.items() if value is not None}
