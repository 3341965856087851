"""Lateness of what was entered from paper, apart from that of devices."""

from datetime import date

import pytest

from tests.sinks.conftest import Database

pytestmark = pytest.mark.integration
_COLUMNS = "event_time, logged_at, lateness, capture_mode, source_app, feed"


def test_paper_that_comes_days_late_does_not_hide_how_late_devices_are(scans_database: Database) -> None:
    for table, rows in {
        "scans": """
            ('2021-08-04 18:00:00', '2021-08-04 18:00:01', 'ON_TIME', 'SELF_APP', 'PC_COVID', 'venue'),
            ('2021-08-04 18:00:00', '2021-08-04 20:00:00', 'LATE', 'SELF_APP', 'PC_COVID', 'venue'),
            ('2021-08-05 10:00:00', '2021-08-09 10:00:00', 'VERY_LATE', 'PAPER', 'OTHER', 'venue'),
            ('2021-08-05 10:00:00', '2021-08-05 09:59:59', 'ON_TIME', 'ASSISTED', 'OTHER', 'checkpoint')""",
        "declarations": "('2021-08-05 10:00:00', '2021-08-06 10:00:00', 'LATE', 'PAPER', 'OTHER', 'declaration')",
    }.items():
        scans_database.client.command(
            " ".join(["INSERT INTO", f"`{scans_database.name}`.{table} ({_COLUMNS})", "VALUES", rows])
        )
    found = scans_database.rows(
        "SELECT day, source, capture_mode, is_entered, source_app, events, on_time, late, very_late, late_hours "
        "FROM {}.lateness_by_capture ORDER BY source, capture_mode"
    )
    day = date(2021, 8, 5)
    assert found == [
        (day, "checkpoint", "ASSISTED", 1, "OTHER", 1, 1, 0, 0, [0, 0]),
        (day, "declaration", "PAPER", 1, "OTHER", 1, 0, 1, 0, [24, 24]),
        (day, "venue", "SELF_APP", 0, "PC_COVID", 2, 1, 1, 0, pytest.approx([1.0, 1.9], abs=0.01)),
        (day, "venue", "PAPER", 1, "OTHER", 1, 0, 0, 1, [96, 96]),
    ]
    of_devices = scans_database.rows(
        "SELECT day, source_app, sum(events), sum(late + very_late) FROM {}.lateness_by_capture "
        "WHERE NOT is_entered GROUP BY ALL ORDER BY day"
    )
    assert of_devices == [(day, "PC_COVID", 2, 1)]
