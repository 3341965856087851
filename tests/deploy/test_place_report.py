"""The report has a line for each line of the register, and repeats nothing that was refused."""

import csv
import json
from pathlib import Path

import pytest

from deploy.place_lines import Line
from deploy.place_report import sentence, summary, write_report
from deploy.places import Place
from deploy.user_error import UserError

_LINES = [
    Line(2, "7", Place({"place_id": 7, "name": "Xe 29B-123.45"})),
    Line(3, "=1+1", None, ("place_id is '=1+1', not a whole number", "name is empty")),
]


def test_a_csv_report_has_a_row_for_each_line(tmp_path: Path) -> None:
    write_report(tmp_path / "report.csv", _LINES)
    with (tmp_path / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [
            ["line", "place_id", "outcome", "reasons"],
            ["2", "7", "accepted", ""],
            ["3", "", "refused", "place_id is '=1+1', not a whole number; name is empty"],
        ]


def test_a_json_report_is_the_same(tmp_path: Path) -> None:
    write_report(tmp_path / "report.JSON", _LINES)
    rows = json.loads((tmp_path / "report.JSON").read_text("utf-8"))
    assert [row["outcome"] for row in rows] == ["accepted", "refused"]
    assert rows[1]["reasons"] == list(_LINES[1].reasons)
    assert "29B" not in (tmp_path / "report.JSON").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "complaint"),
    [("report.txt", "A report is a .csv or .json file"), ("no/report.csv", "can't be written")],
)
def test_a_report_that_cannot_be_written_is_explained(tmp_path: Path, name: str, complaint: str) -> None:
    with pytest.raises(UserError, match=complaint):
        write_report(tmp_path / name, _LINES)


def test_the_summary_counts() -> None:
    found = summary(_LINES, imported=1)
    assert (found["lines"], found["accepted"], found["refused"], found["imported"]) == (2, 1, 1, 1)
    assert found["problems"] == [{"line": 3, "reasons": list(_LINES[1].reasons)}]


def test_the_sentence_names_ten_lines_and_counts_the_others() -> None:
    lines = [Line(number, "", None, ("name is empty",)) for number in range(2, 14)]
    assert sentence(lines).startswith("line 2: name is empty; line 3: ")
    assert sentence(lines).endswith("line 11: name is empty; and 2 more")
