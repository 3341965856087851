"""Which devices are silent, and what units answer for, compared with counting by hand."""

from datetime import datetime, timedelta

import pytest

from tests.sinks.conftest import Database
from tests.sinks.reports.isolation_oracle import DAY
from tests.sinks.reports.landed import MIDNIGHT, asked, aware, hour, identity, land
from tests.sinks.reports.standing import withdraw

pytestmark = pytest.mark.integration
_MS = timedelta(milliseconds=1)


def test_devices_are_silent_from_a_moment_on(reports: Database) -> None:
    now, hour_ago = hour(12), hour(11)
    devices = [[number, 100 + number, f"Gate {number}", number == 6] for number in range(1, 9)]
    columns = ["device_id", "place_id", "label", "revoked"]
    reports.client.insert("devices", devices, column_names=columns, database=reports.name)
    heard = {1: hour_ago, 2: hour_ago + _MS, 3: hour(-30), 4: now + _MS, 6: hour(1), 7: now - timedelta(days=28)}
    land(
        reports,
        "scans",
        [
            {
                "scan_id": identity(device),
                "device_id": device,
                "event_time": hour(-40),
                "logged_at": at,
                "verdict": "RESCAN",
            }
            for device, at in heard.items()
        ],
    )
    beats = [(3, hour(10.5), 7, 40), (3, hour(9), 1, 90), (5, hour(10), 0, -1), (5, hour(12.5), 3, 5)]
    land(
        reports,
        "heartbeats",
        [
            {
                "event_id": identity(at),
                "device_id": device,
                "event_time": told,
                "queued": queued,
                "battery_percent": left,
            }
            for at, (device, told, queued, left) in enumerate(beats, start=50)
        ],
    )
    found = reports.rows(
        "SELECT device_id, label, place_id, last_heard, last_scan, silent_minutes, waiting, battery_percent, newest "  # noqa: S608 -- our names
        f"FROM {{}}.device_silence(now = '{asked(now)}', minutes = 60) ORDER BY device_id"
    )
    assert [(*row[:3], _moment(row[3]), _moment(row[4]), *row[5:8], _moment(row[8])) for row in found] == [
        (1, "Gate 1", 101, hour_ago, hour_ago, 60, None, None, hour_ago + _MS),
        (3, "Gate 3", 103, hour(10.5), hour(-30), 90, 7, 40, hour_ago + _MS),
        (4, "Gate 4", 104, None, None, None, None, None, hour_ago + _MS),
        (5, "Gate 5", 105, hour(10), None, 120, 0, -1, hour_ago + _MS),
        (7, "Gate 7", 107, None, None, None, None, None, hour_ago + _MS),
        (8, "Gate 8", 108, None, None, None, None, None, hour_ago + _MS),
    ]


def _moment(at: object) -> datetime | None:
    return aware(at) if at else None


_UNIT_COLUMNS = "places, mandated, not_posted, silent, scans, case_exposures, full_hours, ct16_scans, incidents"


def test_units_answer_for_what_is_amiss_at_their_places(reports: Database) -> None:
    registered = [
        [1, "Quán Một", "CAFE", "SYT", 14755, "2717"],
        [2, "Quán Hai", "CAFE", "SYT", 14755, "2717"],
        [3, "Quán Ba", "CAFE", "SYT", 14755, ""],
        [4, "Trường Tư", "SCHOOL", "SGDDT", 14755, "2717"],
    ]
    columns = ["place_id", "name", "category", "department", "commune_code", "mandate_ref"]
    reports.client.insert("places", registered, column_names=columns, database=reports.name)
    posted = [(1, hour(-24)), (3, hour(24) - _MS), (4, hour(24))]
    land(
        reports,
        "place_events",
        [
            {"event_id": identity(place), "place_id": place, "action": "QR_POSTED", "event_time": at}
            for place, at in posted
        ],
    )
    scans = [(1, hour(0)), (1, hour(24) - _MS), (2, hour(24)), (3, hour(0) - _MS), (4, hour(8))]
    land(
        reports,
        "scans",
        [
            {"scan_id": identity(at), "place_id": place, "event_time": moment}
            for at, (place, moment) in enumerate(scans, start=10)
        ],
    )
    withdraw(reports, identity(14))
    alerts = [
        ("EXPOSURE_VENUE", 1, MIDNIGHT, "CRITICAL"),
        ("EXPOSURE_VENUE", 1, MIDNIGHT, "CRITICAL"),
        ("EXPOSURE_VENUE", 1, hour(24), "CRITICAL"),
        ("CAPACITY", 1, hour(9), "WARNING"),
        ("CAPACITY", 3, hour(9), "CRITICAL"),
        ("CT16_PUBLIC_SCAN", 4, hour(23), "WARNING"),
        ("DEVICE_SILENT", 4, hour(23), "WARNING"),
    ]
    land(
        reports,
        "alerts",
        [
            {"event_id": identity(at), "type": kind, "place_id": place, "event_time": moment, "severity": severity}
            for at, (kind, place, moment, severity) in enumerate(alerts, start=70)
        ],
    )
    found = reports.rows(
        f"SELECT toString(level), toString(department), place_id, {_UNIT_COLUMNS} "  # noqa: S608 -- our names
        f"FROM {{}}.unit_accountability(day = '{DAY}')"
    )
    cafes, schools = (3, 2, 1, 2, 2, 2, 1, 0, 6), (1, 1, 1, 1, 0, 0, 0, 1, 3)
    assert {row[:3]: row[3:] for row in found} == {
        ("PLACE", "SYT", 1): (1, 1, 0, 0, 2, 2, 0, 0, 2),
        ("PLACE", "SYT", 2): (1, 1, 1, 1, 0, 0, 0, 0, 2),
        ("PLACE", "SYT", 3): (1, 0, 0, 1, 0, 0, 1, 0, 2),
        ("PLACE", "SGDDT", 4): schools,
        ("DISTRICT", "SYT", 0): cafes,
        ("DISTRICT", "SGDDT", 0): schools,
        ("DEPARTMENT", "SYT", 0): cafes,
        ("DEPARTMENT", "SGDDT", 0): schools,
    }
