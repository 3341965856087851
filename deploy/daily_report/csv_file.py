"""A report as a table: a line for the province, and one for each district. Pure."""

import csv
import io

from deploy.daily_report.document import Document
from deploy.daily_report.figures import NAMES
from schemas.enums import SourceApp

_HEAD = ("province", "day", "version", "until", "as_of", "level", "code", "name")
_SHARES = ("active_share", "late_share")


def csv_bytes(document: Document) -> bytes:
    """Return the table in UTF-8 with the mark that tells Excel so; shares and averages of nothing are empty."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    apps = [app.name for app in SourceApp]
    writer.writerow(
        [
            *_HEAD,
            *NAMES,
            *_SHARES,
            *(f"{name}_yesterday" for name in NAMES),
            *(f"{name}_week_average" for name in NAMES),
            *(f"declarations_{app.lower()}" for app in apps),
        ]
    )
    told = [document[name] for name in _HEAD[:5]]
    for area in document["areas"]:
        week = area["week_average"] or {}
        writer.writerow(
            [
                *told,
                *(area[name] for name in _HEAD[5:]),
                *(area["figures"][name] for name in NAMES),
                *(area[name] for name in _SHARES),
                *(area["yesterday"][name] for name in NAMES),
                *(week.get(name) for name in NAMES),
                *(area["declarations_by_app"].get(app, 0) for app in apps),
            ]
        )
    return file.getvalue().encode("utf-8-sig")
