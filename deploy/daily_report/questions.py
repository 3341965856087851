"""Ask ClickHouse for a report's figures: the views of migration 0059, one after the other."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from clickhouse_connect.driver.client import Client

from deploy.daily_report.figures import Figures, gather
from deploy.daily_report.span import Span
from schemas.admin_units import communes

_VIEWS = ("daily_scans", "daily_points", "daily_declarations", "daily_updates", "daily_arrivals")


def ask(client: Client, province: int, span: Span, *, exact: bool) -> Figures:
    """Return the figures of a province; `exact` counts people instead of estimating them.

    Raises the client's exceptions.
    """
    found = {view: _rows(client, view, province, span, exact=exact) for view in _VIEWS}
    apps = found["daily_declarations"]
    return gather(
        span.day,
        districts(province),
        by_area=[
            *found["daily_scans"],
            *found["daily_points"],
            *(row for row in apps if not row["app"]),
            *found["daily_updates"],
        ],
        by_app=[row for row in apps if row["app"] and row["day"] == span.day],
        arrivals=found["daily_arrivals"][0],
    )


def districts(province: int) -> list[int]:
    """Return the codes of a province's districts, ascending."""
    return sorted({unit.district_code for unit in communes() if unit.province_code == province})


def _rows(client: Client, view: str, province: int, span: Span, *, exact: bool) -> list[Mapping[str, Any]]:
    arguments = {
        "day": f"'{span.day:%Y-%m-%d}'",
        "seconds": str(span.seconds),
        "as_of": f"'{span.as_of.astimezone(UTC):%Y-%m-%d %H:%M:%S}'",
    }
    if view != "daily_arrivals":
        arguments["province"] = str(province)
    if view == "daily_scans":
        arguments["exact"] = str(int(exact))
    told = ", ".join(f"{name} = {value}" for name, value in arguments.items())
    answer = client.query(f"SELECT * FROM {view}({told})")  # noqa: S608 -- our views, numbers and times
    return list(answer.named_results())
