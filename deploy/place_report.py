"""The report of an import: what became of each line, as CSV, JSON or a sentence.

It holds no name of a place: a name may hold what was refused.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from deploy.place_lines import Line
from deploy.tables.report import write_rows

_SHOWN_PROBLEMS = 10


def summary(lines: Sequence[Line], *, imported: int) -> dict[str, Any]:
    """Return the figures of an import and its refused lines, as a script reads them."""
    refused = [line for line in lines if line.place is None]
    return {
        "lines": len(lines),
        "accepted": len(lines) - len(refused),
        "refused": len(refused),
        "imported": imported,
        "problems": [{"line": line.number, "reasons": list(line.reasons)} for line in refused],
    }


def sentence(lines: Sequence[Line]) -> str:
    """Return the first refused lines with their reasons, and how many more there are."""
    refused = [f"line {line.number}: {', '.join(line.reasons)}" for line in lines if line.place is None]
    more = f"; and {len(refused) - _SHOWN_PROBLEMS} more" if len(refused) > _SHOWN_PROBLEMS else ""
    return "; ".join(refused[:_SHOWN_PROBLEMS]) + more


def write_report(path: Path, lines: Sequence[Line]) -> None:
    """Write each line's number, place, outcome and reasons; raise UserError if the file can't be written."""
    write_rows(path, [_row(line) for line in lines], ["line", "place_id", "outcome", "reasons"])


def _row(line: Line) -> dict[str, Any]:
    # As a number, so that a spreadsheet never takes what someone wrote there for a formula.
    place_id = int(line.place_id) if line.place_id.isascii() and line.place_id.isdigit() else None
    outcome = "refused" if line.place is None else "accepted"
    return {"line": line.number, "place_id": place_id, "outcome": outcome, "reasons": list(line.reasons)}
