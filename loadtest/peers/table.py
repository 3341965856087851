"""The peers' figures as a table for people."""

from collections.abc import Mapping
from typing import Any

from rich.table import Table

_MEBIBYTE = 1 << 20


def as_table(report: Mapping[str, Any]) -> Table:
    """Return one row a peer, the fastest first."""
    table = Table(title=f"{report['events']:,} venue scans, ratios to {report['baseline']}")
    for name in ("peer", "version"):
        table.add_column(name)
    for name in ("events/s", "once ready", "µs/event", "+ ClickHouse", "broker", "RSS MiB", "rate", "CPU"):
        table.add_column(name, justify="right")
    table.add_column("rows")
    peers = report["peers"]
    for peer in sorted(peers, key=lambda name: -peers[name]["events_per_second"]):
        table.add_row(peer, *_cells(peers[peer]))
    return table


def rows_in_words(figures: Mapping[str, Any]) -> str:
    """Say whether the rows are as expected."""
    if figures["correct"]:
        return "exact"
    if figures["correct"] is None:
        return "time was up"
    parts = [f"{figures[name]:,} {name}" for name in ("lost", "doubled") if figures[name]]
    return ", ".join(parts) or "wrong"


def _cells(figures: Mapping[str, Any]) -> list[str]:
    cpu, ratios = figures["cpu_us_per_event_by_process"], figures["ratio_to_ours"]
    return [
        figures["version"],
        f"{figures['events_per_second']:,.0f}",
        f"{figures['events_per_second_once_ready']:,.0f}",
        f"{cpu['peer']:.2f}",
        f"{cpu['total_without_broker']:.2f}",
        f"{cpu['broker']:.2f}",
        f"{figures['rss_bytes'] / _MEBIBYTE:,.0f}",
        f"{ratios['rate']:.2f}" if ratios else "",
        f"{ratios['cpu_total']:.2f}" if ratios else "",
        rows_in_words(figures),
    ]
