"""Figures made up without a database."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from deploy.daily_report.checks import checks
from deploy.daily_report.document import Document, Previous, content, versioned
from deploy.daily_report.figures import Figures, gather
from deploy.daily_report.questions import districts
from deploy.daily_report.span import midnight, span_of

DAY = date(2021, 8, 5)
PROVINCE = 42


def sample_figures(**today: int) -> Figures:
    """Return figures that hold together; `today` changes the province's of the day."""
    codes = districts(PROVINCE)
    rows = []
    for back in range(8):
        for place, code in enumerate(codes, start=1):
            rows.append(_row(back, code, (10_000 - 1_000 * back) * place))
        rows.append(_row(back, 0, (10_000 - 1_000 * back) * sum(range(1, len(codes) + 1))))
    for row in rows:
        if row["area"] == 0 and row["day"] == DAY:
            row.update(today)
    totals = [row for row in rows if row["day"] == DAY]
    apps = [
        {"area": row["area"], "app": app, "declarations": row["declarations"] * part // 10}
        for row in totals
        for app, part in (("NCOVI", 6), ("BLUEZONE", 3), ("OTHER", 1))
    ]
    arrivals = {"dead_letters": 12, "landed": 90_000, "unplaced": 3}
    return gather(DAY, codes, by_area=rows, by_app=apps, arrivals=arrivals)


def sample_document(figures: Figures, *, previous: Document | None = None, hours: int = 16) -> Document:
    """Return the document of figures as known so many hours after the day began."""
    span = span_of(DAY, as_of=midnight(DAY) + timedelta(hours=hours))
    said = content(PROVINCE, span, figures, checks(figures, exact=False), exact=False)
    before = Previous(version=previous["version"], document=previous) if previous else None
    return versioned(said, previous=before)


def _row(back: int, area: int, scans: int) -> dict[str, Any]:
    figures: Mapping[str, int] = {
        "points": scans // 20, "points_new": 2 if area else 26, "points_active": scans // 25, "scans": scans,
        "persons": scans // 2, "declarations": scans // 5, "symptomatic": scans // 500, "updates_due": scans // 100,
        "updates_missing": scans // 500, "checkpoint_scans": scans // 10, "denials": scans // 200,
        "pass_denials": scans // 250, "late": scans // 50, "entered": scans // 100,
    }  # fmt: skip
    return {"day": DAY - timedelta(days=back), "area": area, **figures}
