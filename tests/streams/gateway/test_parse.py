"""Each event is judged on its own: a message with every field in place, or a reason that names the field."""

import json
import uuid
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import wire
from schemas.enums import SourceApp, TokenKind
from schemas.kinds import CHECKPOINT, FEEDS, SCANS, VEHICLE, VENUE, Feed, avro_schema
from streams.gateway.event_type import event_type
from streams.gateway.feed_parser import Stamp
from streams.gateway.outcome import Invalid, Ready
from streams.gateway.parse import Parser
from tests.streams.gateway.samples import (
    DEVICE_ID,
    KEY,
    NOW_MS,
    avro_record,
    event,
    raw_number,
    raw_plate,
    stamp_for,
)

STAMP = Stamp(DEVICE_ID, NOW_MS)
PARSER = Parser(FEEDS, KEY)


def _judged(sent: Any, default_feed: str = "venue") -> Ready | Invalid:
    return PARSER.json(json.dumps(sent).encode(), STAMP, default_feed)


def _record(sent: Any, default_feed: str = "venue") -> dict[str, Any]:
    outcome = _judged(sent, default_feed)
    assert isinstance(outcome, Ready), outcome
    kind, record = wire.decode(outcome.value)
    assert kind.name == outcome.feed
    assert kind.topic == outcome.topic
    assert record["subject"] == outcome.key
    return record


def _reason(sent: Any) -> str:
    outcome = _judged(sent)
    assert isinstance(outcome, Invalid)
    return outcome.reason


def _ms(record: dict[str, Any], field: str) -> int:
    return int(record[field].timestamp() * 1000 + 0.5)


def test_a_whole_event_arrives_with_every_field() -> None:
    number = raw_number()
    sent = event(identity={"kind": "CCCD", "number": number})

    record = _record(sent)

    assert record["scan_id"] == uuid.UUID(sent["scan_id"]).bytes
    assert record["subject"] == KEY.subject(kind=TokenKind.CCCD, identity=number)
    assert (record["token_kind"], record["key_version"]) == ("CCCD", KEY.version)
    same = ("place_id", "gate", "direction", "device_id", "device_seq", "credential", "scan_mode", "capture_mode")
    assert {name: record[name] for name in same} == {name: sent[name] for name in same}
    assert (record["source_app"], record["offline"]) == ("PC_COVID", True)
    assert _ms(record, "event_time") == 1_637_546_400_123
    assert _ms(record, "sent_at") == 1_637_546_401_000
    assert _ms(record, "received_at") == NOW_MS


def test_what_may_be_left_out_takes_its_neutral_value() -> None:
    required = ("scan_id", "identity", "place_id", "direction", "event_time", "scan_mode", "capture_mode")
    sent = event()

    record = _record({name: sent[name] for name in required})

    assert (record["gate"], record["device_seq"], record["offline"]) == (0, 0, False)
    assert (record["credential"], record["source_app"]) == ("OTHER", "OTHER")
    assert record["device_id"] == DEVICE_ID
    assert _ms(record, "sent_at") == NOW_MS


@pytest.mark.parametrize("name", ["scan_id", "place_id", "direction", "event_time", "scan_mode", "capture_mode"])
def test_what_has_no_neutral_value_must_be_given(name: str) -> None:
    assert _reason(event(**{name: None})) == f"{name} is missing"


def test_an_unknown_app_becomes_other_and_is_accepted() -> None:
    assert _record(event(source_app="AN_APP_OF_TOMORROW"))["source_app"] == SourceApp.OTHER.name


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"direction": "SIDEWAYS"}, "direction must be one of UNKNOWN, IN, OUT, PASS, INTO_ZONE, OUT_OF_ZONE, TRANSIT"),
        ({"direction": 1}, "direction must be one of UNKNOWN, IN, OUT, PASS, INTO_ZONE, OUT_OF_ZONE, TRANSIT"),
        ({"scan_mode": ""}, "scan_mode must be one of POSTER_SELF, GUARD_SCAN, READER, CAMERA"),
        ({"feed": "submarine"}, "feed must be one of " + ", ".join(feed.name for feed in FEEDS)),
        ({"feed": 5}, "feed must be one of " + ", ".join(feed.name for feed in FEEDS)),
        (
            {"identity": {"kind": "ANON", "number": "1"}},
            "identity.kind must be one of CCCD, CMND, PASSPORT, QID, BHYT, PHONE",
        ),
        ({"identity": {"kind": "CCCD"}}, "identity.number is missing"),
        ({"identity": {"kind": "CCCD", "number": 12}}, "identity.number: expected str, got int"),
        ({"identity": {"kind": "CCCD", "number": "1" * 65}}, "identity.number: expected str of length <= 64"),
        ({"place_id": -1}, "place_id: expected int >= 0"),
        ({"place_id": 1 << 31}, "place_id: expected int <= 2147483647"),
        ({"place_id": "12"}, "place_id: expected int, got str"),
        ({"gate": 1.5}, "gate: expected int, got float"),
        ({"gate": 65_536}, "gate: expected int <= 65535"),
        ({"offline": 1}, "offline: expected bool, got int"),
        ({"event_time": "yesterday"}, "event_time: invalid RFC3339 encoded datetime"),
        ({"event_time": "2021-11-22T09:00:00"}, "event_time: expected datetime with a timezone component"),
        ({"event_time": "1969-01-01T00:00:00Z"}, "event_time must not be before 1970"),
        ({"event_time": -1}, "event_time: expected int >= 0"),
        ({"event_time": 10**17}, "event_time: expected int <= 253402300799999"),
        ({"scan_id": "1"}, "scan_id: expected str of length >= 32"),
        ({"scan_id": "0" * 32}, "scan_id must not be all zeros"),
        ({"device_id": DEVICE_ID + 1}, "device_id must be the device of the token"),
        (
            {"identity": None},
            "identity is missing; send identity {kind, number} or subject, token_kind and key_version",
        ),
        (
            {"subject": "ab" * 16, "token_kind": "CCCD", "key_version": 1},
            "send either identity, or subject, token_kind and key_version, not both",
        ),
    ],
)
def test_an_event_that_does_not_fit_is_rejected_with_the_field_and_what_is_allowed(
    changes: dict[str, Any], reason: str
) -> None:
    assert _reason(event(**changes)) == reason


def test_an_explicitly_unknown_direction_is_no_reason_to_lose_a_scan() -> None:
    assert _record(event(direction="UNKNOWN"))["direction"] == "UNKNOWN"


def test_times_may_be_milliseconds() -> None:
    assert _ms(_record(event(event_time=1_637_546_400_123)), "event_time") == 1_637_546_400_123


def test_the_gateway_alone_says_when_it_received_an_event() -> None:
    assert _ms(_record(event(received_at=[{"anything": 1}])), "received_at") == NOW_MS


def test_an_app_server_sends_a_pseudonym() -> None:
    record = _record(event(identity=None, subject="ab" * 16, token_kind="PHONE", key_version=9))  # noqa: S106 -- no password

    assert (record["subject"], record["token_kind"], record["key_version"]) == (b"\xab" * 16, "PHONE", 9)


@pytest.mark.parametrize("feed", SCANS, ids=lambda feed: feed.name)
def test_an_event_names_its_feed_or_takes_the_requests(feed: Feed) -> None:
    sent = event(feed=feed.name)
    unnamed = event(scan_id=sent["scan_id"], identity=sent["identity"])

    assert _judged(sent) == _judged(unnamed, feed.name)
    assert _judged(sent) == _judged(sent, feed.name)


def test_fields_of_other_feeds_arrive_too() -> None:
    checkpoint = event(
        feed="checkpoint",
        decision="DENY",
        decision_reason="EXPIRED",
        pass_id="cd" * 16,
        temperature_c10=-5,
        declared_ahead=True,
    )
    vehicle = event(feed="vehicle", route_id=4, trip_id=5, latitude=21.5, longitude=105)

    at_checkpoint, in_vehicle = _record(checkpoint), _record(vehicle)

    assert (at_checkpoint["decision"], at_checkpoint["decision_reason"]) == ("DENY", "EXPIRED")
    assert (at_checkpoint["pass_id"], at_checkpoint["vehicle"]) == (b"\xcd" * 16, bytes(16))
    assert (at_checkpoint["temperature_c10"], at_checkpoint["declared_ahead"]) == (-5, True)
    assert (in_vehicle["route_id"], in_vehicle["trip_id"]) == (4, 5)
    assert (in_vehicle["latitude"], in_vehicle["longitude"]) == (21.5, 105.0)


def test_a_plate_at_a_checkpoint_becomes_the_pseudonym_of_its_vehicle() -> None:
    plate = raw_plate("parse")

    record = _record(event(feed="checkpoint", plate=plate))

    assert record["vehicle"] == KEY.vehicle(plate=plate)
    assert record["key_version"] == KEY.version


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"plate": "29QZX-***.45"}, "plate is masked; send the whole plate or none"),
        ({"plate": "-"}, "plate must hold letters or digits"),
        ({"plate": ""}, "plate: expected str of length >= 1"),
        ({"plate": "9" * 25}, "plate: expected str of length <= 24"),
        ({"plate": 2912345}, "plate: expected str | null, got int"),
        ({"plate": raw_plate(1), "vehicle": "ab" * 16}, "send either plate or vehicle, not both"),
        (
            {"plate": raw_plate(1), "identity": None, "subject": "ab" * 16, "token_kind": "CCCD", "key_version": 9},
            f"plate needs key_version {KEY.version}, the gateway's; or send vehicle instead",
        ),
    ],
)
def test_a_plate_that_can_not_stand_for_a_vehicle_is_rejected(changes: dict[str, Any], reason: str) -> None:
    assert _reason(event(feed="checkpoint", **changes)) == reason


def test_an_app_server_with_the_gateways_key_may_leave_the_plate_to_it() -> None:
    by_server = {"identity": None, "subject": "ab" * 16, "token_kind": "CCCD", "key_version": KEY.version}

    assert _record(event(feed="checkpoint", plate=raw_plate(1), **by_server))["vehicle"] == KEY.vehicle(
        plate=raw_plate(1)
    )


def test_an_event_does_not_show_its_values() -> None:
    plate = raw_plate("shown")

    assert plate not in repr(msgspec.convert(event(feed="checkpoint", plate=plate), event_type(CHECKPOINT)))


def test_a_number_too_large_for_a_float_is_rejected() -> None:
    assert _reason(event(feed="vehicle", latitude=1e39)).startswith("latitude: expected float <=")


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_a_record_of_an_avro_container_is_the_same_but_for_the_stamp(feed: Feed) -> None:
    record = avro_record(feed)

    outcome = PARSER.record(record, stamp_for(feed), feed.name)

    assert isinstance(outcome, Ready)
    assert outcome.value == wire.encode(feed, record | {"received_at": NOW_MS})


def test_an_avro_record_that_does_not_fit_is_rejected() -> None:
    outcome = PARSER.record(avro_record(VENUE, place_id=-1), STAMP, "venue")

    assert outcome == Invalid("venue", "place_id: expected int >= 0")


@pytest.mark.parametrize(
    "sent", [b"", b"nul", b"\xff\xfe", b"[1,2]", b"5", b'{"scan_id":"\xff"}', b'{"x":' + b"[" * 50_000, b'{"scan_id":']
)
def test_what_is_no_event_is_rejected_without_an_exception(sent: bytes) -> None:
    assert isinstance(PARSER.json(sent, STAMP, "venue"), Invalid)


@given(
    sent=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_json_value_has_an_outcome(sent: Any) -> None:
    assert isinstance(_judged(sent), Invalid)


_FIELDS = sorted({field["name"] for feed in (VENUE, CHECKPOINT, VEHICLE) for field in avro_schema(feed.avro)["fields"]})
_ODD = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just({"kind": "CCCD", "number": "*"})


@given(changes=st.dictionaries(st.sampled_from([*_FIELDS, "feed", "identity", "plate"]), _ODD, min_size=1, max_size=4))
def test_any_value_in_any_field_gives_a_message_that_decodes_or_a_reason_without_the_value(
    changes: dict[str, Any],
) -> None:
    outcome = _judged(event(**changes))

    if isinstance(outcome, Ready):
        assert wire.decode(outcome.value)[0].name == outcome.feed
    else:
        texts = [value for value in changes.values() if isinstance(value, str) and len(value) > 12]
        assert not any(text in outcome.reason for text in texts)
