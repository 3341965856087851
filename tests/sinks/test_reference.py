"""Reference topics end up in their tables, and the tables say where to go on."""

import logging
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from schemas.kinds import AREAS, DEVICES, PLACES, Reference
from schemas.wire import encode
from sinks.clickhouse_writer import ClickHouseWriter
from sinks.patience import Patience
from sinks.record import Record
from sinks.reference import ReferenceWork
from sinks.sink_metrics import SinkMetrics
from tests.sinks.conftest import Database
from tests.sinks.landing_log import NOON_MS

pytestmark = pytest.mark.integration

PLACE = {
    "place_id": 7,
    "name": "Chợ Bến Thành",
    "category": "MARKET",
    "department": "SCT",
    "commune_code": 26_734,
    "capacity": 900,
    "mandate_ref": "2686/QĐ-BCĐQG",
    "owner_unit": "Ban Quản lý chợ",
    "owner_head_role": "Trưởng ban",
    "updated_at": NOON_MS,
}
DEVICE = {
    "device_id": 3,
    "place_id": 7,
    "label": "cổng 1",
    "token_sha256": bytes(32),
    "revoked": True,
    "role": "KIOSK",
    "updated_at": NOON_MS,
}
AREA = {
    "commune_code": 26_734,
    "district_code": 760,
    "province_code": 79,
    "name": "Bến Nghé",
    "risk": [
        {"valid_from": NOON_MS, "level": 2, "decision_ref": "1"},
        {"valid_from": NOON_MS + 1, "level": 4, "decision_ref": "2"},
    ],
    "updated_at": NOON_MS,
}


def work_of(database: Database, reference: Reference) -> ReferenceWork:
    """Return the work of partition 0."""
    metrics = SinkMetrics(CollectorRegistry())
    return ReferenceWork(
        reference=reference,
        partition=0,
        writer=ClickHouseWriter(database.client, database.name),
        patience=Patience(ours=lambda: None, wait=lambda _: None, failed=metrics.count_error),
        metrics=metrics,
    )


def record(reference: Reference, state: dict[str, Any] | None, offset: int) -> Record:
    """Return a state as Kafka gives it back; None for a tombstone."""
    value = encode(reference, state) if state else None
    return Record(topic=reference.topic, partition=0, offset=offset, value=value, headers=[])


def test_places_keep_their_latest_state(database: Database) -> None:
    work = work_of(database, PLACES)
    assert work.start() == 0
    work.work([record(PLACES, PLACE, 0), record(PLACES, PLACE | {"name": "mới", "updated_at": NOON_MS + 1}, 1)])
    found = database.rows(
        "SELECT place_id, name, toString(category), toString(department), commune_code, capacity, mandate_ref, "
        "owner_unit, owner_head_role "
        "FROM {}.places FINAL"
    )
    assert found == [(7, "mới", "MARKET", "SCT", 26_734, 900, "2686/QĐ-BCĐQG", "Ban Quản lý chợ", "Trưởng ban")]
    assert work_of(database, PLACES).start() == 2


def test_places_recorded_by_an_earlier_release_have_no_owner(database: Database) -> None:
    former = replace(PLACES, schema_id=PLACES.history[0].schema_id, avro=PLACES.history[0].avro, history=())
    state = {name: value for name, value in PLACE.items() if not name.startswith("owner_")}
    value = encode(former, state)
    work_of(database, PLACES).work([Record(topic=PLACES.topic, partition=0, offset=0, value=value, headers=[])])
    assert database.rows("SELECT name, owner_unit, owner_head_role FROM {}.places") == [("Chợ Bến Thành", "", "")]


def test_devices_land_without_their_token(database: Database) -> None:
    work_of(database, DEVICES).work([record(DEVICES, DEVICE, 5)])
    found = database.rows("SELECT device_id, place_id, label, revoked FROM {}.devices FINAL")
    assert found == [(3, 7, "cổng 1", True)]


def test_areas_bring_their_risk_levels(database: Database) -> None:
    work_of(database, AREAS).work([record(AREAS, AREA, 0)])
    work_of(database, AREAS).work([record(AREAS, AREA, 0)])
    assert database.rows("SELECT commune_code, name FROM {}.areas FINAL") == [(26_734, "Bến Nghé")]
    levels = database.rows("SELECT level, decision_ref FROM {}.area_risk FINAL ORDER BY valid_from")
    assert levels == [(2, "1"), (4, "2")]


def test_what_is_no_state_is_skipped_and_its_neighbours_land(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Record(topic=PLACES.topic, partition=0, offset=1, value=b"\0\0", headers=[])
    other = record(DEVICES, DEVICE, 2)
    with caplog.at_level(logging.WARNING):
        work_of(database, PLACES).work([record(PLACES, None, 0), broken, other, record(PLACES, PLACE, 3)])
    assert database.number("SELECT count() FROM {}.places") == 1
    assert [entry.levelname for entry in caplog.records] == ["WARNING", "WARNING"]
