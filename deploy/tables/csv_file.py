"""Read a CSV file."""

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from deploy.tables.row import Table, table_of
from deploy.user_error import UserError

# Excel writes semicolons where the comma is a decimal mark, as in Viet Nam.
_DELIMITERS = (",", ";", "\t")


def csv_table(file: BinaryIO) -> Table:
    """Return the table of a CSV file in UTF-8, with commas, semicolons or tabs.

    Raises UserError for bytes that aren't UTF-8, and, as its rows are asked for, for lines that aren't CSV.
    """
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UserError("Nothing was read: the file is not in UTF-8; save it as UTF-8 and try again.") from None
    return table_of(_lines(text))


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    line = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text.partition("\n")[0]))
    try:
        for cells in reader:
            line = reader.line_num
            yield line, cells
    except csv.Error as problem:
        raise UserError(f"Nothing was read: what follows line {line} is no CSV ({problem}).") from None


def _delimiter(first: str) -> str:
    return max(_DELIMITERS, key=first.count)
