"""What the demo shows while it runs and when it ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table

from loadtest.analyst_queries import Answer
from loadtest.expected import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """How far the demo is. `done` is what the ledger says; latencies are of the last seconds."""

    seconds: float
    total_seconds: float
    published: int
    rate: float
    done: Tally
    latency_ms: Mapping[str, float] = field(default_factory=dict)

    @property
    def lag(self) -> int:
        """Events that are published and not in the ledger yet."""
        return max(0, self.published - self.done.published)


def live_view(moment: Moment) -> RenderableType:
    """Return the live table."""
    table = Table.grid(padding=(0, 3))
    table.add_column(style="bold")
    table.add_column(justify="right")
    table.add_column(style="dim")
    for name, number, meaning in _lines(moment):
        table.add_row(name, number, meaning)
    title = f"scanstream: {min(moment.seconds, moment.total_seconds):.0f} of {moment.total_seconds:.0f} s"
    return Panel(table, title=title, title_align="left", expand=False)


def _lines(moment: Moment) -> list[tuple[str, str, str]]:
    done = moment.done
    return [
        ("published", f"{moment.published:,}", f"{moment.rate:,.0f} events/s"),
        ("landed", f"{done.landed:,}", "rows in ClickHouse"),
        ("retries", f"{done.retry:,}", "the same scan sent again: dropped"),
        ("re-scans", f"{done.rescan:,}", "the same person again within the window: kept, not counted"),
        ("late", f"{done.late:,}", "more than 10 minutes, still exact"),
        ("rejected", f"{done.rejected:,}", "in dead_letters, with reason and bytes"),
        ("lag", f"{moment.lag:,}", "published, not queryable yet"),
        ("latency p50", _milliseconds(moment.latency_ms, "p50"), "from publishing to queryable"),
        ("latency p99", _milliseconds(moment.latency_ms, "p99"), ""),
    ]


def _milliseconds(latency_ms: Mapping[str, float], name: str) -> str:
    return f"{latency_ms[name]:,.0f} ms" if name in latency_ms else "…"


def ledger_view(feeds: Mapping[str, Tally], *, balanced: bool) -> RenderableType:
    """Return the ledger as a table, a row for each feed."""
    columns = ("published", "accepted", "rescan", "retry", "rejected", "late")
    table = Table(title=f"Ledger: {'balanced' if balanced else 'NOT BALANCED'}", title_justify="left")
    table.add_column("feed")
    for column in columns:
        table.add_column(column, justify="right")
    for name, tally in feeds.items():
        table.add_row(name, *(f"{getattr(tally, column):,}" for column in columns))
    return table


def answer_view(answer: Answer) -> RenderableType:
    """Return a question with its SQL and its answer."""
    table = Table()
    for column in answer.columns:
        table.add_column(column)
    for row in answer.rows:
        table.add_row(*row)
    return Group(f"\n[bold]{answer.question.words}[/bold]", f"[dim]{answer.question.sql.strip()}[/dim]", table)


def addresses_view(addresses: Mapping[str, str]) -> RenderableType:
    """Return where to look further."""
    table = Table.grid(padding=(0, 3))
    for name, address in addresses.items():
        table.add_row(name, address)
    return Group("\n[bold]Addresses[/bold]", table)


def closing_view(report: Mapping[str, Any]) -> RenderableType:
    """Return the verdict in a line."""
    if report["balanced"]:
        return (
            f"\n[bold green]{report['published']:,} events published, every one accounted for: the ledger balances and "
            f"every row is as the generator knows it must be.[/bold green]{_first_row(report)}"
        )
    return "\n[bold red]It does not balance:[/bold red]\n" + "\n".join(report["differences"])


def _first_row(report: Mapping[str, Any]) -> str:
    seconds = report["first_row_seconds"]
    return "" if seconds is None else f"\n[dim]The first row could be queried {seconds:.1f} s after the start.[/dim]"
