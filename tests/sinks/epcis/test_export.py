"""The export is one valid document of the scans asked for, and never holds them all."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from schemas.enums import Verdict
from schemas.landing import encode_block
from sinks.clickhouse_writer import ClickHouseWriter
from sinks.epcis.export import Selection, epcis_document
from sinks.writer import Insert
from tests.sinks.conftest import Database
from tests.sinks.corrections import Correction, land_corrections
from tests.sinks.epcis.standard import validator
from tests.sinks.landing_log import NOON_MS, Event, rows_table

pytestmark = pytest.mark.integration
NOON = datetime.fromtimestamp(NOON_MS / 1_000, UTC)
HOUR = timedelta(hours=1)


def _land(database: Database, events: list[Event]) -> None:
    ClickHouseWriter(database.client, database.name).insert(
        Insert(table="scans", block=encode_block(rows_table(events)))
    )


def _exported(database: Database, selection: Selection) -> dict[str, Any]:
    database.client.database = database.name
    text = b"".join(epcis_document(database.client, selection, created_at=NOON))
    document: dict[str, Any] = json.loads(text)
    validator().validate(document)
    return document


def _places(document: dict[str, Any]) -> list[str]:
    return sorted(event["bizLocation"]["id"] for event in document["epcisBody"]["eventList"])


def test_scans_of_the_time_asked_for_are_exported_and_rescans_only_when_asked_for(scans_database: Database) -> None:
    hour_ms = 3_600_000
    _land(
        scans_database,
        [
            Event(offset=0, place=1, time_ms=NOON_MS - 1),
            Event(offset=1, place=2, time_ms=NOON_MS),
            Event(offset=2, place=3, time_ms=NOON_MS + hour_ms - 1),
            Event(offset=3, place=4, time_ms=NOON_MS + hour_ms),
            Event(offset=4, place=5, time_ms=NOON_MS + 1, verdict=Verdict.RESCAN),
        ],
    )
    plain = _exported(scans_database, Selection(since=NOON, until=NOON + HOUR))
    everything = _exported(scans_database, Selection(since=NOON, until=NOON + HOUR, rescans=True))
    elsewhere = _exported(scans_database, Selection(since=NOON, until=NOON + HOUR, province=38))

    assert _places(plain) == ["urn:scanstream:place:2", "urn:scanstream:place:3"]
    assert _places(everything) == [*_places(plain), "urn:scanstream:place:5"]
    assert _places(elsewhere) == []
    subject = Event(offset=1).subject.hex()
    assert plain["epcisBody"]["eventList"][0]["epcList"] == [f"urn:scanstream:subject:{subject}"]


def test_scans_that_were_corrected_are_declared_wrong(scans_database: Database) -> None:
    right, withdrawn, replaced = (Event(offset=offset, place=offset + 1) for offset in range(3))
    _land(scans_database, [right, withdrawn, replaced])
    later = NOON + HOUR
    land_corrections(
        scans_database,
        Correction(number=1, corrects=withdrawn.scan_id, at=later),
        Correction(number=2, corrects=replaced.scan_id, at=later, replacement=right.scan_id),
    )

    document = _exported(scans_database, Selection(since=NOON, until=NOON + HOUR))

    declared = {
        event["bizLocation"]["id"][-1]: event.get("errorDeclaration") for event in document["epcisBody"]["eventList"]
    }
    at = "2021-06-01T13:00:00.000+07:00"
    assert declared == {
        "1": None,
        "2": {"declarationTime": at, "reason": "did_not_occur"},
        "3": {
            "declarationTime": at,
            "reason": "incorrect_data",
            "correctiveEventIDs": [f"urn:uuid:{UUID(bytes=right.scan_id)}"],
        },
    }


def test_many_scans_come_in_pieces(scans_database: Database) -> None:
    count = 25_000
    scans_database.client.database = scans_database.name
    scans_database.client.command(
        "INSERT INTO scans (scan_id, event_time, logged_at, verdict) SELECT reinterpretAsFixedString(number::UInt128), "
        "'2021-06-01 05:00:00', '2021-06-01 05:00:00', 'ACCEPTED' FROM numbers({count:UInt32})",
        parameters={"count": count},
    )
    told: list[int] = []
    pieces = list(
        epcis_document(
            scans_database.client, Selection(since=NOON, until=NOON + HOUR), created_at=NOON, on_events=told.append
        )
    )
    events = json.loads(b"".join(pieces))["epcisBody"]["eventList"]
    assert len({event["eventID"] for event in events}) == count == sum(told)
    assert max(told) <= 10_000
