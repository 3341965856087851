"""Plots of bars: CPU by process, peers beside ours, time to recover."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from loadtest.reporting.chart import BarPanel, Bars
from loadtest.reporting.peers import Peer
from loadtest.reporting.read import LoadTest, Scenario

ROLES = ("worker", "sink", "clickhouse", "gateway", "broker", "generator", "observer")
#: Not in the sum a change of ours is measured by.
_APART = frozenset({"broker", "generator", "observer"})


def cpu(test: LoadTest) -> Bars | None:
    """Return CPU by process for each scenario, medians of repeats; None where nothing was measured."""
    found = {scenario.name: spent for scenario in test.scenarios if (spent := _spent(scenario))}
    if not found:
        return None
    used = [role for role in ROLES if any(spent.get(role) for spent in found.values())]
    return Bars(
        name="cpu",
        title="CPU by process",
        rows=list(found),
        panels=[
            BarPanel(
                x_label="CPU seconds for a million events; pale: not counted as ours",
                parts={role: [spent.get(role, 0.0) for spent in found.values()] for role in used},
                notes=list(map(_sums, found.values())),
                apart=_APART,
            )
        ],
    )


def _sums(spent: Mapping[str, float]) -> str:
    ours = sum(us for role, us in spent.items() if role not in _APART)
    return f"{ours:.1f} + {sum(spent.values()) - ours:.1f}"


def _spent(scenario: Scenario) -> dict[str, float]:
    runs = [result.get("cpu_us_per_event", {}) for result in scenario.results]
    return {role: median(values) for role in ROLES if (values := _values(runs, role))}


def _values(runs: Sequence[Mapping[str, Any]], role: str) -> list[float]:
    return [float(run[role]) for run in runs if run.get(role) is not None]


def peer_bars(peers: Sequence[Peer]) -> Bars | None:
    """Return rate and CPU of every peer beside ours; None where there is none but ours."""
    if len(peers) < 2:
        return None
    keys = {peer.name: "ours" if peer.ours else "peer" for peer in peers}
    return Bars(
        name="peers",
        title="The same work done by others",
        rows=[peer.name for peer in peers],
        panels=[
            BarPanel(
                x_label="thousand events/s (longer is better)",
                parts=_by_key(keys, [peer.events_per_second / 1_000 for peer in peers]),
                notes=[f"{peer.events_per_second / 1_000:,.0f}  {_ratio(peer.rate_ratio)}" for peer in peers],
            ),
            BarPanel(
                x_label="CPU µs an event (shorter is better)",
                parts=_by_key(keys, [peer.cpu_us for peer in peers])
                | {"clickhouse": [peer.clickhouse_us for peer in peers]},
                notes=[f"{peer.total_us:,.1f}  {_ratio(peer.cpu_ratio)}" for peer in peers],
            ),
        ],
        doubtful=frozenset(peer.name for peer in peers if peer.correct is not True),
        doubt="rows wrong, or not checked",
    )


def _by_key(keys: Mapping[str, str], values: Sequence[float]) -> dict[str, list[float]]:
    return {
        key: [value if of == key else 0.0 for of, value in zip(keys.values(), values, strict=True)]
        for key in ("ours", "peer")
    }


def _ratio(ratio: float | None) -> str:
    return "" if ratio is None else f"({ratio:.2f}×)"


def recovery(test: LoadTest) -> Bars | None:
    """Return how long each fault's scenario took to recover, with the spread of repeats; None without faults."""
    found = {
        scenario.name: seconds
        for scenario in test.scenarios
        if (seconds := [r["recovery_seconds"] for r in scenario.results if r.get("recovery_seconds") is not None])
    }
    if not found:
        return None
    return Bars(
        name="recovery",
        title="Time to recover after a fault",
        rows=list(found),
        panels=[
            BarPanel(
                x_label="seconds from the fault's end until the lag is back",
                parts={"lag": [median(seconds) for seconds in found.values()]},
                notes=[f"{median(seconds):.1f}" for seconds in found.values()],
                low=[min(seconds) for seconds in found.values()],
                high=[max(seconds) for seconds in found.values()],
            )
        ],
    )
