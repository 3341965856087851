"""Read the first sheet of an Excel workbook."""

import warnings
from collections.abc import Iterator
from itertools import count
from typing import BinaryIO
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from deploy.tables.row import Table, table_of
from deploy.user_error import UserError


def xlsx_table(file: BinaryIO) -> Table:
    """Return the table on the first sheet; formulas count as the value Excel kept of them.

    Its rows are read as they are asked for; then UserError is raised for a file that is no workbook.
    """
    return table_of(_lines(file))


def _lines(file: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    try:
        rows = _rows(file)
        for number in count(1):
            with warnings.catch_warnings():
                # It warns of styles and checks it doesn't know, which hold no cells.
                warnings.simplefilter("ignore", UserWarning)
                cells = next(rows, None)
            if cells is None:
                return
            yield number, [_text(cell) for cell in cells]
    except (BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, IndexError, EOFError):
        raise UserError("Nothing was read: the file is no Excel workbook; save it as .xlsx and try again.") from None


def _rows(file: BinaryIO) -> Iterator[tuple[object, ...]]:
    sheet = load_workbook(file, read_only=True, data_only=True).worksheets[0]
    # Some programs write a wrong size, which would cut the table.
    sheet.reset_dimensions()
    yield from sheet.iter_rows(values_only=True)


def _text(cell: object) -> str:
    if cell is None:
        return ""
    # Excel keeps every number with a fraction.
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
