"""A table as it is read: the names of its columns, and its rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line in the file, counted from 1 with the line of names, and its cells by column.

    Cells are text without blanks around, line breaks and double blanks; empty where there is none. `surplus` tells
    that there are more cells than columns.
    """

    line: int
    cells: Mapping[str, str]
    surplus: bool = False

    def text(self, column: str) -> str:
        """Return a cell, empty where the table has no such column."""
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Table:
    """The columns' names in lower case, and the rows, to be read once; rows without any content are left out."""

    columns: frozenset[str]
    rows: Iterator[Row]


def table_of(lines: Iterator[tuple[int, Sequence[str]]]) -> Table:
    """Make a table of numbered lines of cells, the first of which names the columns."""
    _, names = next(lines, (1, ()))
    columns = [_tidy(name).lower() for name in names]
    return Table(frozenset(columns) - {""}, (row for line, cells in lines if (row := _row(columns, line, cells))))


def _row(columns: Sequence[str], line: int, cells: Sequence[str]) -> Row | None:
    tidy = [_tidy(cell) for cell in cells]
    if not any(tidy):
        return None
    missing = [""] * (len(columns) - len(tidy))
    return Row(line, dict(zip(columns, tidy + missing, strict=False)), surplus=any(tidy[len(columns) :]))


def _tidy(text: str) -> str:
    return " ".join(text.split())
