"""A table is the same from a CSV and from a workbook, and a file that holds none is explained."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from deploy.tables.csv_file import csv_table
from deploy.tables.read import open_table
from deploy.tables.row import Row
from deploy.tables.xlsx_file import xlsx_table
from deploy.user_error import UserError

_CELLS: list[list[object]] = [["Place_ID", " name ", ""], [7, "Chợ  Đầm", None], [None, "", "  "], [8.0, "A\nB", "x"]]
_ROWS = [
    Row(2, {"place_id": "7", "name": "Chợ Đầm", "": ""}),
    Row(4, {"place_id": "8", "name": "A B", "": "x"}),
]


def _workbook(cells: list[list[object]]) -> io.BytesIO:
    book = Workbook()
    for row in cells:
        book.worksheets[0].append(row)
    file = io.BytesIO()
    book.save(file)
    return file


def _rows(path: Path) -> list[Row]:
    with open_table(path) as table:
        return list(table.rows)


def test_a_workbook_is_read_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_bytes(_workbook(_CELLS).getvalue())
    assert _rows(tmp_path / "register.csv") == _ROWS


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_is_read_whatever_separates_its_cells(tmp_path: Path, separator: str) -> None:
    text = f"Place_ID, name ,\n7,Chợ  Đầm,\n,,\n8,{'x' if separator == ',' else 'A B'},x\n".replace(",", separator)
    (tmp_path / "register").write_text(text, "utf-8-sig")
    assert _rows(tmp_path / "register")[0] == _ROWS[0]


def test_a_quoted_cell_may_hold_lines_and_the_line_is_its_last() -> None:
    (row,) = csv_table(io.BytesIO(b'name,other\n"A\nB",1\n')).rows
    assert row == Row(3, {"name": "A B", "other": "1"})


def test_cells_without_a_column_are_noticed() -> None:
    rows = list(csv_table(io.BytesIO(b"name\na,\nb,c\n")).rows)
    assert [row.surplus for row in rows] == [False, True]


@settings(max_examples=12)
@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", categories=["L", "N", "P"])), min_size=2, max_size=2), max_size=4
    )
)
def test_text_is_the_same_from_both(cells: list[list[str]]) -> None:
    # A workbook keeps a text that begins with = as a formula.
    lines = [["a", "b"], *[[f"x{text}" for text in row] for row in cells]]
    csv_text = "".join(",".join(f'"{text.replace(chr(34), 2 * chr(34))}"' for text in row) + "\n" for row in lines)
    from_csv = [row.cells for row in csv_table(io.BytesIO(csv_text.encode())).rows]
    assert from_csv == [row.cells for row in xlsx_table(_workbook([list(row) for row in lines])).rows]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("name\nChợ\n".encode("utf-16"), "not in UTF-8; save it as UTF-8"),
        (b"name\n" + 200_000 * b"x" + b"\n", "what follows line 1 is no CSV"),
        (b"PK\x03\x04 and no more", "no Excel workbook; save it as .xlsx"),
        (_workbook(_CELLS).getvalue()[:-400], "no Excel workbook; save it as .xlsx"),
        (bytes.fromhex("d0cf11e0a1b11ae1"), "of an old kind or has a password; save it as plain .xlsx"),
    ],
)
def test_what_is_no_table_is_explained(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "register").write_bytes(content)
    with pytest.raises(UserError, match=sentence):
        _rows(tmp_path / "register")


def test_a_missing_file_is_explained(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"can't be read \(No such file or directory\); give the name of a CSV or XLSX"):
        _rows(tmp_path / "nowhere")


def test_an_empty_file_is_a_table_without_columns(tmp_path: Path) -> None:
    (tmp_path / "register").touch()
    with open_table(tmp_path / "register") as table:
        assert (table.columns, list(table.rows)) == (frozenset(), [])
