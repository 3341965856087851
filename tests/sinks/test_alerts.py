"""Alerts that have landed: listed, and gathered by what they are about."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.report_enums import AlertType
from sinks.alerts import AlertSelection, find_alerts
from tests.sinks.conftest import Database

pytestmark = pytest.mark.integration
#: The view looks back from now.
_MIDNIGHT = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
_PERSON, _PLACE = b"p" * 16, b"place_id" + bytes(7) + b"\7"


def _land(database: Database) -> None:
    columns = ["event_id", "subject", "event_time", "logged_at", "type", "severity", "place_id", "measure", "verdict"]
    rows = [
        [
            bytes([1]) * 16,
            _PLACE,
            _MIDNIGHT - timedelta(hours=2),
            _MIDNIGHT,
            "CAPACITY",
            "CRITICAL",
            7,
            120,
            "ACCEPTED",
        ],
        [bytes([2]) * 16, _PLACE, _MIDNIGHT - timedelta(hours=1), _MIDNIGHT, "CAPACITY", "WARNING", 7, 85, "ACCEPTED"],
        [
            bytes([3]) * 16,
            _PERSON,
            _MIDNIGHT - timedelta(hours=3),
            _MIDNIGHT,
            "IMPOSSIBLE_TRAVEL",
            "WARNING",
            9,
            5,
            "ACCEPTED",
        ],
        [bytes([4]) * 16, _PLACE, _MIDNIGHT - timedelta(days=40), _MIDNIGHT, "CAPACITY", "WARNING", 7, 90, "ACCEPTED"],
    ]
    database.client.insert("alerts", rows, column_names=columns, database=database.name)


def test_alerts_are_listed_newest_first_and_gathered_by_matter(scans_database: Database) -> None:
    client = scans_database.client
    client.command(f"TRUNCATE TABLE `{scans_database.name}`.alerts")
    _land(scans_database)

    everything = find_alerts(client, AlertSelection())
    assert [int(row["alert"][:2]) for row in everything] == [2, 1, 3, 4]
    assert everything[0]["event_time"] == _MIDNIGHT - timedelta(hours=1)
    assert everything[0]["subject"] == _PLACE.hex().upper()
    of_type = find_alerts(client, AlertSelection(type=AlertType.IMPOSSIBLE_TRAVEL))
    assert [(row["type"], row["measure"]) for row in of_type] == [("IMPOSSIBLE_TRAVEL", 5)]
    recent = find_alerts(client, AlertSelection(since=_MIDNIGHT - timedelta(minutes=119), limit=5))
    assert [row["measure"] for row in recent] == [85]

    matters = scans_database.rows(
        "SELECT toString(type), first_seen, last_seen, times, toString(severity), place_id, measure "
        "FROM {}.alerts_open ORDER BY type"
    )
    naive = _MIDNIGHT.replace(tzinfo=None)
    assert matters == [
        ("IMPOSSIBLE_TRAVEL", naive - timedelta(hours=3), naive - timedelta(hours=3), 1, "WARNING", 9, 5),
        ("CAPACITY", naive - timedelta(hours=2), naive - timedelta(hours=1), 2, "WARNING", 7, 85),
    ]
