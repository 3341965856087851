"""Write a report with a row for each line of a table, as CSV or JSON."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from deploy.user_error import UserError

_KINDS = (".csv", ".json")


def require_report_name(path: Path) -> None:
    """Raise UserError for a name that doesn't tell CSV or JSON."""
    if path.suffix.lower() not in _KINDS:
        raise UserError(f"A report is a .csv or .json file, and {path.name} is neither; give it one of these endings.")


def write_rows(path: Path, rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
    """Write the rows, whose lists are joined with semicolons in CSV; raise UserError if the file can't be written."""
    require_report_name(path)
    try:
        if path.suffix.lower() == ".csv":
            _write_csv(path, rows, columns)
        else:
            path.write_text(json.dumps(list(rows), ensure_ascii=False, indent=1) + "\n", "utf-8")
    except OSError as problem:
        raise UserError(f"The report {path} can't be written ({problem.strerror}); choose another place.") from None


def _write_csv(path: Path, rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
    # With the mark that tells Excel it is UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows({**row, "reasons": "; ".join(row["reasons"])} for row in rows)
