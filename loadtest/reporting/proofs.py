"""Whether the load test itself can be believed: what its generator does alone, and what its verdict notices."""

from collections.abc import Mapping
from typing import Any

from loadtest.reporting.tables import Table
from loadtest.reporting.words import ABSENT, precise, whole


def generator_table(proof: Mapping[str, Any]) -> Table | None:
    """Return a row for each rate of `loadtest generator`'s file; None where it is empty."""
    runs = [(whole(run["rate"]), run) for run in proof.get("rates", ())]
    if at_once := proof.get("at_once"):
        runs.append(("all due at once", at_once))
    head = ("asked for, events/s", "sent, events/s", "behind its plan, p50 ms", "p99 ms")
    return (
        Table(
            head=(*head, "acknowledged after, p99 ms", "its CPU µs/event", "broker's"),
            rows=[[name, *_generator_row(run)] for name, run in runs],
        )
        if runs
        else None
    )


def _generator_row(run: Mapping[str, Any]) -> list[str]:
    late, acknowledged = run.get("late_ms", {}), run.get("acknowledged_ms", {})
    figures = [late.get("p50"), late.get("p99"), acknowledged.get("p99")]
    spent = [run.get("generator_us_per_event"), run.get("broker_us_per_event")]
    return [
        whole(run["events_per_second"]),
        *(ABSENT if figure is None else precise(figure) for figure in [*figures, *spent]),
    ]


def controls_table(proof: Mapping[str, Any]) -> Table | None:
    """Return a row for each negative control of `loadtest control`'s file; None where it is empty."""
    rows = [
        [
            str(control["name"]),
            "caught" if control["verdict"] == "failed" else "NOT CAUGHT",
            "; ".join(control.get("reasons", ())) or ABSENT,
        ]
        for control in proof.get("controls", ())
    ]
    return Table(head=("what was spoilt", "the verdict", "because"), rows=rows, left=3) if rows else None
