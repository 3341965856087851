"""A plan for people at a terminal, for the repository, and for programs."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from loadtest.planning.plan import Plan
from loadtest.planning.scaling import Check
from loadtest.planning.sheets import Sheet, sheets_of

#: What is between these lines of a document is a plan's; the rest is its author's.
BEGIN, END = "<!-- plan: begin -->", "<!-- plan: end -->"


class NoPlace(ValueError):
    """A document has no place for a plan."""


def as_tables(plan: Plan) -> RenderableType:
    """Return the plan for a terminal."""
    return Group(*map(_table, sheets_of(plan)), *(Text(f"• {sentence}") for sentence in plan.caveats))


def as_markdown(plan: Plan) -> str:
    """Return the plan for a document."""
    caveats = "\n".join(f"- {sentence}" for sentence in plan.caveats)
    return "\n\n".join([*map(_markdown, sheets_of(plan)), caveats]) + "\n"


def put_into(document: str, plan: Plan) -> str:
    """Return the document with the plan between its marks; raise `NoPlace` where it has none."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise NoPlace(f"it has no lines {BEGIN} and {END}")
    return f"{before}{begin}\n\n{as_markdown(plan)}\n{end}{after}"


def as_document(plan: Plan) -> dict[str, Any]:
    """Return the plan as JSON: inputs, every formula with its result, the simulation and its errors."""
    return {
        "given": dict(plan.given),
        "measured": dict(plan.measured),
        "measured_on": plan.measured_on,
        "formulas": [
            {"section": section, **asdict(line.formula), "value": line.value}
            for section, lines in plan.sections.items()
            for line in lines
        ],
        "simulation": {
            "wait_us": plan.wait_us,
            "checks": list(map(_check, plan.checks)),
            "here": [asdict(point) for point in plan.here],
            "cluster": [asdict(point) for point in plan.cluster],
        },
        "caveats": list(plan.caveats),
    }


def _check(check: Check) -> dict[str, Any]:
    return {
        "partitions": check.drain.partitions,
        "cores": check.drain.cores,
        "measured_events_per_second": check.drain.events_per_second,
        "simulated_events_per_second": check.simulated,
        "error": check.error,
        "blind_error": check.blind_error,
    }


def _table(sheet: Sheet) -> Table:
    table = Table(title=sheet.title, title_justify="left", title_style="bold", caption=sheet.note or None)
    table.caption_justify = "left"
    for place, name in enumerate(sheet.head):
        table.add_column(name, justify="left" if place in sheet.words else "right", overflow="fold")
    for row in sheet.rows:
        table.add_row(*row)
    return table


def _markdown(sheet: Sheet) -> str:
    sides = [":--" if place in sheet.words else "--:" for place in range(len(sheet.head))]
    formula = sheet.head.index("formula") if "formula" in sheet.head else None
    rows = [[f"`{word}`" if place == formula else word for place, word in enumerate(row)] for row in sheet.rows]
    note = [sheet.note] if sheet.note else []
    return "\n\n".join([f"### {sheet.title}", "\n".join(map(_row, [sheet.head, sides, *rows])), *note])


def _row(words: Sequence[str]) -> str:
    return f"| {' | '.join(words)} |"
