"""Read a table from a file, whichever kind it is."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from deploy.tables.csv_file import csv_table
from deploy.tables.row import Table
from deploy.tables.xlsx_file import xlsx_table
from deploy.user_error import UserError

_ZIP = b"PK\x03\x04"
_OLE = bytes.fromhex("d0cf11e0")


@contextmanager
def open_table(path: Path) -> Iterator[Table]:
    """Open a CSV or XLSX file as a table while the context lasts; ``-`` is standard input, CSV only.

    The content tells which it is, not the name. Raises UserError for a file that can't be read, here or while the
    rows are.
    """
    if str(path) == "-":
        yield csv_table(sys.stdin.buffer)
        return
    try:
        file = path.open("rb")
    except OSError as problem:
        raise UserError(f"{path} can't be read ({problem.strerror}); give the name of a CSV or XLSX file.") from None
    with file:
        yield _table(file)


def _table(file: BinaryIO) -> Table:
    start = file.read(4)
    file.seek(0)
    if start == _OLE:
        raise UserError("Nothing was read: the workbook is of an old kind or has a password; save it as plain .xlsx.")
    return xlsx_table(file) if start == _ZIP else csv_table(file)
