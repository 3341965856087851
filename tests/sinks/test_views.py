"""What analysts see."""

from datetime import date

import pyarrow as pa
import pytest

from schemas.admin_units import communes
from schemas.enums import Verdict
from schemas.kinds import PLACES
from schemas.landing import encode_block
from sinks.clickhouse_writer import ClickHouseWriter
from sinks.reference import TABLES
from sinks.writer import Insert
from tests.sinks.conftest import Database
from tests.sinks.landing_log import NOON_MS, Event, rows_table

pytestmark = pytest.mark.integration
UNIT = communes()[0]


@pytest.fixture
def scanned(database: Database) -> Database:
    """Return a database with a named place, two scans and a re-scan there, and a scan at an unknown place."""
    writer = ClickHouseWriter(database.client, database.name)
    place = {
        "place_id": 7, "name": "Chợ Bến Thành", "category": 28, "department": 6, "commune_code": UNIT.code,
        "capacity": 0, "mandate_ref": "", "updated_at": NOON_MS, "_partition": 0, "_offset": 0,
    }  # fmt: skip
    newer = place | {"name": "Chợ mới", "updated_at": NOON_MS + 1, "_offset": 1}
    for state in (newer, place):
        table = pa.Table.from_pylist([state], TABLES[PLACES][0].schema)
        writer.insert(Insert(table="places", block=encode_block(table)))
    known = [
        Event(offset=0, person=1, place=7),
        Event(offset=1, person=2, place=7, late=True),
        Event(offset=2, person=1, place=7, verdict=Verdict.RESCAN),
    ]
    table = rows_table(known)
    for name, code in (("commune", UNIT.code), ("district", UNIT.district_code), ("province", UNIT.province_code)):
        index = table.schema.get_field_index(name)
        field = table.schema.field(index)
        table = table.set_column(index, field, pa.array([code] * len(known), field.type))
    writer.insert(Insert(table="scans", block=encode_block(table)))
    writer.insert(Insert(table="scans", block=encode_block(rows_table([Event(offset=3, place=8)]))))
    return database


def test_scans_carry_the_latest_names_and_unknown_places_none(scanned: Database) -> None:
    found = scanned.rows(
        "SELECT _offset, place_name, commune_name, district_name, province_name FROM {}.scans_enriched "
        "WHERE _offset IN (0, 3) ORDER BY _offset"
    )
    assert found == [(0, "Chợ mới", UNIT.name, UNIT.district, UNIT.province), (3, "", "", "", "")]


def test_provinces_count_visits_people_rescans_and_late_scans_apart(scanned: Database) -> None:
    found = scanned.rows(
        "SELECT day, province_name, feed, scans, people, rescans, late FROM {}.scans_by_province WHERE province > 0"
    )
    assert found == [(date(2021, 6, 1), UNIT.province, "venue", 2, 2, 1, 1)]


def test_the_devices_own_time_can_be_asked_for(scanned: Database) -> None:
    assert scanned.number("SELECT count() FROM {}.scans WHERE device_time = event_time") == 4
