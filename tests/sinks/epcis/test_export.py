"""The export is one valid document of the scans asked for, and never holds them all."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas.enums import Verdict
from schemas.landing import encode_block
from sinks.clickhouse_writer import ClickHouseWriter
from sinks.epcis.export import Selection, epcis_document
from sinks.writer import Insert
from tests.sinks.conftest import Database
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


def test_scans_of_the_time_asked_for_are_exported_and_rescans_only_when_asked_for(database: Database) -> None:
    hour_ms = 3_600_000
    _land(
        database,
        [
            Event(offset=0, place=1, time_ms=NOON_MS - 1),
            Event(offset=1, place=2, time_ms=NOON_MS),
            Event(offset=2, place=3, time_ms=NOON_MS + hour_ms - 1),
            Event(offset=3, place=4, time_ms=NOON_MS + hour_ms),
            Event(offset=4, place=5, time_ms=NOON_MS + 1, verdict=Verdict.RESCAN),
        ],
    )
    plain = _exported(database, Selection(since=NOON, until=NOON + HOUR))
    everything = _exported(database, Selection(since=NOON, until=NOON + HOUR, rescans=True))
    elsewhere = _exported(database, Selection(since=NOON, until=NOON + HOUR, province=38))

    assert _places(plain) == ["urn:scanstream:place:2", "urn:scanstream:place:3"]
    assert _places(everything) == [*_places(plain), "urn:scanstream:place:5"]
    assert _places(elsewhere) == []
    subject = Event(offset=1).subject.hex()
    assert plain["epcisBody"]["eventList"][0]["epcList"] == [f"urn:scanstream:subject:{subject}"]


def test_many_scans_come_in_pieces(database: Database) -> None:
    count = 25_000
    database.client.database = database.name
    database.client.command(
        "INSERT INTO scans (scan_id, event_time, logged_at, verdict) SELECT reinterpretAsFixedString(number::UInt128), "
        "'2021-06-01 05:00:00', '2021-06-01 05:00:00', 'ACCEPTED' FROM numbers({count:UInt32})",
        parameters={"count": count},
    )
    told: list[int] = []
    pieces = list(
        epcis_document(
            database.client, Selection(since=NOON, until=NOON + HOUR), created_at=NOON, on_events=told.append
        )
    )
    events = json.loads(b"".join(pieces))["epcisBody"]["eventList"]
    assert len({event["eventID"] for event in events}) == count == sum(told)
    assert max(told) <= 10_000
