"""A report as a workbook for readers in Vietnam: what to look at first, then the tables it is of. Pure."""

import io
import re
import zipfile
from datetime import datetime

from openpyxl import Workbook

from deploy.daily_report.document import Document
from deploy.daily_report.sheets import add_apps, add_checks, add_days, add_districts, add_summary

#: The earliest a ZIP file can tell: the same file must be the same bytes whenever it is made.
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def xlsx_bytes(document: Document) -> bytes:
    """Return the workbook; the same document gives the same bytes, without the time it was made."""
    book = Workbook()
    first = book.active
    if first is not None:
        book.remove(first)
    days, districts, apps = add_days(book, document), add_districts(book, document), add_apps(book, document)
    add_checks(book, document)
    add_summary(book, document, days=days, districts=districts, apps=apps)
    book.move_sheet(book.worksheets[-1], -(len(book.worksheets) - 1))
    book.active = 0
    moment = datetime.fromisoformat(document["as_of"]).replace(tzinfo=None)
    book.properties.creator, book.properties.created = "scanstream", moment
    made = io.BytesIO()
    book.save(made)
    return _timeless(made.getvalue(), moment)


def _timeless(made: bytes, moment: datetime) -> bytes:
    """Return the same archive without times, and stored: how it is packed would depend on the version of zlib."""
    told = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as source, zipfile.ZipFile(told, "w", zipfile.ZIP_STORED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = _MODIFIED.sub(rb"\g<1>" + f"{moment:%Y-%m-%dT%H:%M:%SZ}".encode() + rb"\g<2>", data)
            target.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), data)
    return told.getvalue()
