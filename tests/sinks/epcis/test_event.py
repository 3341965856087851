"""A scan's event says what the scan said, in the standard's words."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.enums import Decision, DecisionReason, Direction, ScanMode
from schemas.kinds import FEEDS
from sinks.epcis.event import CONTEXT, ErrorReason, ScanRow, declared_wrong, event_of
from tests.sinks.epcis.standard import validator

_HEX = st.binary(min_size=16, max_size=16).map(bytes.hex)
_MOST_MS = 253_402_300_799_999 - 7 * 3_600_000
_ROWS = st.builds(
    ScanRow,
    scan_id=_HEX,
    subject=_HEX,
    vehicle=st.one_of(st.just("0" * 32), _HEX),
    pass_id=st.one_of(st.just("0" * 32), _HEX),
    place_id=st.integers(0, 2**31),
    gate=st.integers(0, 65_535),
    device_id=st.integers(0, 2**31),
    route_id=st.integers(0, 2**31),
    trip_id=st.integers(0, 2**31),
    feed=st.sampled_from([feed.name for feed in FEEDS]),
    direction=st.sampled_from([it.name for it in Direction]),
    scan_mode=st.sampled_from([it.name for it in ScanMode]),
    decision=st.sampled_from([it.name for it in Decision]),
    decision_reason=st.sampled_from([it.name for it in DecisionReason]),
    verdict=st.sampled_from(["ACCEPTED", "RESCAN"]),
    temperature_c10=st.integers(-(2**15), 2**15 - 1),
    event_ms=st.integers(0, _MOST_MS),
    logged_ms=st.integers(0, _MOST_MS),
)
_SCAN = ScanRow(
    scan_id="018f2c5e7a3b7c1d8e2f000000000001",
    subject="ab" * 16,
    vehicle="0" * 32,
    pass_id="0" * 32,
    place_id=7,
    gate=2,
    device_id=5,
    route_id=0,
    trip_id=0,
    feed="venue",
    direction="IN",
    scan_mode="GUARD_SCAN",
    decision="NONE",
    decision_reason="NONE",
    verdict="ACCEPTED",
    temperature_c10=0,
    event_ms=1_622_523_600_123,
    logged_ms=1_622_523_601_000,
)


@settings(max_examples=15)
@given(st.lists(_ROWS, min_size=1, max_size=4))
def test_events_of_any_scans_are_valid_by_the_standards_schema(rows: list[ScanRow]) -> None:
    document = {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2021-06-01T12:00:00+00:00",
        "epcisBody": {"eventList": [event_of(row) for row in rows]},
    }
    validator().validate(document)


def test_the_schema_refuses_what_is_no_event() -> None:
    assert not validator().is_valid(event_of(_SCAN) | {"@context": CONTEXT, "action": "LOOK"})
    assert not validator().is_valid(event_of(_SCAN) | {"@context": CONTEXT, "eventTime": "yesterday"})


def test_a_scan_is_somebody_observed_at_a_gate_of_a_place() -> None:
    assert event_of(_SCAN) == {
        "type": "ObjectEvent",
        "eventID": "urn:uuid:018f2c5e-7a3b-7c1d-8e2f-000000000001",
        "eventTime": "2021-06-01T12:00:00.123+07:00",
        "eventTimeZoneOffset": "+07:00",
        "recordTime": "2021-06-01T12:00:01.000+07:00",
        "action": "OBSERVE",
        "epcList": ["urn:scanstream:subject:" + "ab" * 16],
        "bizStep": "arriving",
        "disposition": "in_progress",
        "readPoint": {"id": "urn:scanstream:place:7:gate:2"},
        "bizLocation": {"id": "urn:scanstream:place:7"},
        "scanstream:feed": "venue",
        "scanstream:direction": "IN",
        "scanstream:scanMode": "GUARD_SCAN",
    }


@pytest.mark.parametrize(
    ("feed", "direction", "decision", "step", "disposition"),
    [
        ("venue", "OUT", "NONE", "departing", "in_transit"),
        ("vehicle", "IN", "NONE", "arriving", "in_progress"),
        ("venue", "PASS", "NONE", "entering_exiting", "in_progress"),
        ("checkpoint", "INTO_ZONE", "ALLOW", "inspecting", "conformant"),
        ("checkpoint", "OUT_OF_ZONE", "DENY", "inspecting", "non_conformant"),
        ("checkpoint", "IN", "WAVED", "inspecting", "unknown"),
    ],
)
def test_step_and_disposition(feed: str, direction: str, decision: str, step: str, disposition: str) -> None:
    event = event_of(_SCAN._replace(feed=feed, direction=direction, decision=decision))
    assert (event["bizStep"], event["disposition"]) == (step, disposition)
    assert event.get("scanstream:decision", "NONE") == decision


def test_a_checkpoint_tells_vehicle_pass_temperature_and_decision() -> None:
    event = event_of(
        _SCAN._replace(
            feed="checkpoint",
            vehicle="cd" * 16,
            pass_id="018f2c5e7a3b7c1d8e2f0000000000aa",  # noqa: S106 -- a movement pass, no password
            decision="DENY",
            decision_reason="EXPIRED",
            temperature_c10=367,
        )
    )
    assert event["epcList"] == ["urn:scanstream:subject:" + "ab" * 16, "urn:scanstream:vehicle:" + "cd" * 16]
    assert event["bizTransactionList"] == [
        {"type": "urn:scanstream:pass", "bizTransaction": "urn:uuid:018f2c5e-7a3b-7c1d-8e2f-0000000000aa"}
    ]
    assert event["sensorElementList"] == [
        {
            "sensorMetadata": {"time": "2021-06-01T12:00:00.123+07:00", "deviceID": "urn:scanstream:device:5"},
            "sensorReport": [{"type": "Temperature", "value": 36.7, "uom": "CEL"}],
        }
    ]
    assert (event["scanstream:decision"], event["scanstream:decisionReason"]) == ("DENY", "EXPIRED")


def test_a_vehicle_tells_its_trip() -> None:
    event = event_of(_SCAN._replace(feed="vehicle", route_id=3, trip_id=9))
    assert event["bizTransactionList"] == [
        {"type": "urn:scanstream:trip", "bizTransaction": "urn:scanstream:route:3:trip:9"}
    ]


def test_a_rescan_is_marked() -> None:
    assert event_of(_SCAN._replace(verdict="RESCAN"))["scanstream:verdict"] == "RESCAN"


@settings(max_examples=10)
@given(st.sampled_from(ErrorReason), st.lists(st.uuids(), max_size=3))
def test_a_correction_is_the_event_again_with_an_error_declaration(reason: ErrorReason, ids: list[UUID]) -> None:
    wrong = declared_wrong(
        event_of(_SCAN), declared_at=datetime(2021, 6, 2, 5, tzinfo=UTC), reason=reason, corrected_by=ids
    )
    validator().validate(wrong | {"@context": CONTEXT})
    declaration = wrong.pop("errorDeclaration")
    assert wrong == event_of(_SCAN)
    assert declaration["declarationTime"] == "2021-06-02T12:00:00.000+07:00"
    assert declaration["reason"] == reason.value
    assert declaration.get("correctiveEventIDs", []) == [f"urn:uuid:{scan_id}" for scan_id in ids]
