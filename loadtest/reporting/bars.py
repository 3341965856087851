"""Plots of bars: CPU by process, peers beside ours."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from loadtest.reporting.chart import BarPanel, Bars
from loadtest.reporting.peers import Peer
from loadtest.reporting.read import LoadTest, Scenario

ROLES = ("worker", "sink", "clickhouse", "gateway", "broker", "generator", "observer")
#: Bars are cut at so many times the usual length: at low rates what is the same each second makes an event dear.
_LONGEST = 3.0
#: Not in the sum a change of ours is measured by.
_APART = frozenset({"broker", "generator", "observer"})


def cpu(test: LoadTest) -> Bars | None:
    """Return CPU by process for each scenario, medians of repeats; None where nothing was measured."""
    found = {scenario.name: spent for scenario in test.scenarios if (spent := _spent(scenario))}
    if not found:
        return None
    used = [role for role in ROLES if any(spent.get(role) for spent in found.values())]
    totals = [sum(spent.values()) for spent in found.values()]
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
                limit=_LONGEST * median(totals),
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
