"""What units that run places have to answer for."""

import pytest

from tests.databases import Database
from tests.sinks.reports.isolation_oracle import DAY
from tests.sinks.reports.landed import hour, identity, land

pytestmark = pytest.mark.integration
_COLUMNS = ["place_id", "department", "commune_code", "mandate_ref", "owner_unit", "owner_head_role"]


def test_a_unit_answers_for_all_its_places_in_a_district_and_nobody_for_those_of_no_unit(reports: Database) -> None:
    places = [
        [1, "SYT", 14_755, "2549", "Bệnh viện A", "Giám đốc"],
        [2, "SYT", 14_758, "2549", "Bệnh viện A", "Giám đốc"],
        [3, "SYT", 18_070, "2549", "Bệnh viện A", "Giám đốc"],
        [4, "SGDDT", 14_755, "2549", "Trường B", "Hiệu trưởng"],
        [5, "SYT", 14_755, "2549", "", ""],
    ]
    reports.client.insert("places", places, column_names=_COLUMNS, database=reports.name)
    scan = {"scan_id": identity(1), "subject": identity(2), "place_id": 2, "event_time": hour(8)}
    land(reports, "scans", [scan])
    exposed = {"event_id": identity(3), "type": "EXPOSURE_VENUE", "place_id": 4, "event_time": hour(0)}
    land(reports, "alerts", [exposed])
    found = reports.rows(
        "SELECT owner_unit, owner_head_role, toString(department), district, places, not_posted, silent, scans, "  # noqa: S608 -- our names
        f"case_exposures, incidents FROM {{}}.owner_accountability(day = '{DAY}') ORDER BY owner_unit, district"
    )
    assert found == [
        ("Bệnh viện A", "Giám đốc", "SYT", 380, 2, 2, 1, 1, 0, 3),
        ("Bệnh viện A", "Giám đốc", "SYT", 436, 1, 1, 1, 0, 0, 2),
        ("Trường B", "Hiệu trưởng", "SGDDT", 380, 1, 1, 1, 0, 1, 3),
    ]
