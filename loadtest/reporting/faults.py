"""Faults of scenarios and of chaos rounds: how long each lasted, whether rows were exact, the time to recover."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from loadtest.reporting.chart import BarPanel, Bars
from loadtest.reporting.read import LoadTest, Scenario
from loadtest.reporting.verdict import Metric
from loadtest.reporting.words import whole

_WRONG = ("lost", "doubled", "wrong")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hurt:
    """One fault under one load, once. `recovered` is None where the lag did not come back under load."""

    fault: str
    load: str
    lasted: float
    recovered: float | None
    exact: bool


def hurts_of(test: LoadTest) -> list[Hurt]:
    """Return every fault of the scenarios' repeats, then those of chaos rounds."""
    rate = float(test.chaos.get("rate") or 0)
    rounds = [
        Hurt(
            fault=str(each["fault"]),
            load=f"chaos rounds, {whole(rate)}/s",
            lasted=float(each["fault_seconds"]),
            recovered=each.get("recovery_seconds"),
            exact=bool(each["correct"]),
        )
        for each in test.chaos.get("faults", ())
    ]
    return [*(hurt for scenario in test.scenarios for hurt in _of_scenario(scenario)), *rounds]


def _of_scenario(scenario: Scenario) -> Iterator[Hurt]:
    for result in scenario.results:
        faults: Sequence[Mapping[str, Any]] = result.get("faults", ())
        for fault in faults:
            whole_run = result.get("recovery_seconds") if len(faults) == 1 else None
            yield Hurt(
                fault=str(fault["name"]),
                load=scenario.name,
                lasted=float(fault.get("ended") or fault["began"]) - float(fault["began"]),
                recovered=fault.get("recovery_seconds", whole_run),
                exact=not any(result.get(name) for name in _WRONG),
            )


def grouped(hurts: Sequence[Hurt]) -> dict[tuple[str, str], list[Hurt]]:
    """Return the hurts by fault and load, in the order they came."""
    found: dict[tuple[str, str], list[Hurt]] = {}
    for hurt in hurts:
        found.setdefault((hurt.fault, hurt.load), []).append(hurt)
    return found


def metric_of(values: Sequence[float]) -> Metric | None:
    """Return median, lowest and highest; None without any."""
    return Metric(median(values), min(values), max(values)) if values else None


def recovery(hurts: Sequence[Hurt]) -> Bars | None:
    """Return how long each fault took to recover from, over all loads; None without faults."""
    times: dict[str, list[float | None]] = {}
    for hurt in hurts:
        times.setdefault(hurt.fault, []).append(hurt.recovered)
    if not times:
        return None
    known = {fault: metric_of([each for each in all_of_it if each is not None]) for fault, all_of_it in times.items()}
    zero = Metric(0.0, 0.0, 0.0)
    shown = [metric or zero for metric in known.values()]
    return Bars(
        name="recovery",
        title="Time to recover after a fault",
        rows=list(known),
        panels=[
            BarPanel(
                x_label="seconds until no more waits than before, under load",
                parts={"lag": [metric.median for metric in shown]},
                notes=[_note(metric, times[fault]) for fault, metric in known.items()],
                low=[metric.lowest for metric in shown],
                high=[metric.highest for metric in shown],
            )
        ],
    )


def _note(metric: Metric | None, times: Sequence[float | None]) -> str:
    missing = times.count(None)
    if metric is None:
        return "not under load"
    return f"{metric.median:.1f}" + (f" ({missing} of {len(times)} not under load)" if missing else "")
