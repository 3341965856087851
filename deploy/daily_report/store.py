"""The table `daily_reports`: every version of every report, for good."""

import json
from datetime import UTC, date, datetime
from typing import Any

from clickhouse_connect.driver.client import Client

from deploy.daily_report.document import Document, Previous, canonical, figures_checksum

_COLUMNS = (
    "province", "day", "version", "until", "as_of", "made_at", "due_at", "is_sound", "figures_sha256", "sha256",
    "document",
)  # fmt: skip


def versions(client: Client, province: int, day: date) -> list[Previous]:
    """Return the versions of a day's report there are, ascending."""
    rows = client.query(
        "SELECT version, document FROM daily_reports FINAL WHERE province = {province:UInt8} AND day = {day:Date} "
        "ORDER BY version",
        parameters={"province": province, "day": day},
    ).result_rows
    return [Previous(version=int(version), document=json.loads(document)) for version, document in rows]


def record(client: Client, document: Document, *, made_at: datetime) -> None:
    """Keep a version, unless one of that number was made before."""
    row: dict[str, Any] = {
        "province": document["province"],
        "day": date.fromisoformat(document["day"]),
        "version": document["version"],
        **{name: datetime.fromisoformat(document[name]) for name in ("until", "as_of", "due_at")},
        "made_at": made_at,
        "is_sound": document["sound"],
        "figures_sha256": figures_checksum(document),
        "sha256": document["sha256"],
        "document": canonical(document).decode(),
    }
    client.insert("daily_reports", [[row[name] for name in _COLUMNS]], column_names=list(_COLUMNS))


def deleted_before(client: Client, province: int) -> datetime | None:
    """Return the event time before which retention has deleted scans of a province; None where it never has."""
    (found,) = client.query(
        "SELECT maxOrNull(run_at - toIntervalDay(days)) FROM retention_runs FINAL "
        "WHERE name = 'scans' AND province = {province:UInt8} AND deleted > 0",
        parameters={"province": province},
    ).result_rows[0]
    return found.replace(tzinfo=UTC) if found else None


def first_made(client: Client, since: date) -> dict[tuple[int, date], datetime]:
    """Return when the first version of each province's report was made, of days from `since` on."""
    rows = client.query(
        "SELECT province, day, min(made_at) FROM daily_reports FINAL WHERE day >= {since:Date} GROUP BY province, day",
        parameters={"since": since},
    ).result_rows
    return {(int(province), day): made_at.replace(tzinfo=UTC) for province, day, made_at in rows}


def reporting_provinces(client: Client) -> list[int]:
    """Return the provinces that have registered places: those whose report is wanted."""
    rows = client.query(
        "SELECT DISTINCT province FROM admin_units WHERE commune IN (SELECT commune_code FROM places) ORDER BY province"
    ).result_rows
    return [int(province) for (province,) in rows]
