"""Reports through the gateway: people by identity, places and areas by number, roles for who may send what."""

import json
import uuid
from typing import Any

import pytest

from schemas import wire
from schemas.entity_key import entity_key
from schemas.enums import Role, TokenKind
from schemas.kinds import CASE, DECISION, DECLARATION, FEEDS, LOCKDOWN, PASS, PLACE_EVENT, Feed
from streams.gateway.feed_parser import Stamp
from streams.gateway.outcome import Invalid, Ready
from streams.gateway.parse import Parser
from tests.streams.gateway.samples import DEVICE_ID, KEY, NOW_MS, avro_record, raw_number, stamp_for

_PARSER = Parser(FEEDS, KEY)
_TIME = "2021-11-22T09:00:00+07:00"


def _judged(feed: Feed, **fields: Any) -> Ready | Invalid:
    sent = {"feed": feed.name, "event_id": str(uuid.uuid4()), "event_time": _TIME} | fields
    return _PARSER.json(json.dumps(sent).encode(), stamp_for(feed), "venue")


def _record(feed: Feed, **fields: Any) -> tuple[bytes, dict[str, Any]]:
    outcome = _judged(feed, **fields)
    assert isinstance(outcome, Ready), outcome
    return outcome.key, wire.decode(outcome.value)[1]


def _person(number: str) -> dict[str, str]:
    return {"kind": "CCCD", "number": number}


def _subject(number: str) -> bytes:
    return KEY.subject(kind=TokenKind.CCCD, identity=number)


def test_a_declaration_needs_a_person_and_a_kind_and_no_more() -> None:
    number = raw_number()
    key, record = _record(DECLARATION, identity=_person(number), kind="DOMESTIC")
    assert key == record["subject"] == _subject(number)
    assert (record["symptoms"], record["travelled_from"], record["purpose"]) == (0, "", "OTHER")
    assert record["person_category"] == "UNKNOWN"
    assert (record["declarant"], record["device_id"]) == (bytes(16), DEVICE_ID)


def test_another_person_is_a_pseudonym_too() -> None:
    person, declarant = raw_number(1), raw_number(2)
    _, record = _record(DECLARATION, identity=_person(person), declarant_identity=_person(declarant), kind="MOVEMENT")
    assert record["declarant"] == _subject(declarant)


def test_whom_the_orders_count_a_person_among_is_told_and_a_category_of_a_later_release_is_refused() -> None:
    pupil = {"identity": _person(raw_number()), "kind": "DOMESTIC", "person_category": "PUPIL"}
    assert _record(DECLARATION, **pupil)[1]["person_category"] == "PUPIL"
    refused = _judged(DECLARATION, **pupil | {"person_category": "TOURIST"})
    assert isinstance(refused, Invalid)
    assert refused.reason.startswith("person_category")


def test_another_person_is_given_once() -> None:
    outcome = _judged(
        DECLARATION,
        identity=_person(raw_number()),
        declarant_identity=_person(raw_number()),
        declarant="ab" * 16,
        kind="ENTRY",
    )
    assert outcome == Invalid("declaration", "send either declarant_identity or its pseudonym, not both")


def test_a_report_on_a_place_is_keyed_by_the_place() -> None:
    key, record = _record(PLACE_EVENT, place_id=77, action="QR_POSTED")
    assert key == record["subject"] == entity_key("place_id", 77)


def test_a_report_on_a_lockdown_is_keyed_by_its_id() -> None:
    lockdown = uuid.uuid4()
    key, record = _record(
        LOCKDOWN, lockdown_id=str(lockdown), action="STARTED", area_code=14_755, hamlet="Thôn Đông", valid_from=_TIME
    )
    assert key == record["subject"] == record["lockdown_id"] == lockdown.bytes
    assert record["hamlet"] == "Thôn Đông"


def test_the_key_of_a_place_cannot_be_chosen() -> None:
    outcome = _judged(PLACE_EVENT, place_id=77, action="CLOSED", subject="ab" * 16)
    assert outcome == Invalid("place_event", "leave subject out: it follows from place_id")


def test_different_things_have_different_keys() -> None:
    keys = [entity_key(name, number) for name in ("place_id", "device_id", "area_code") for number in (1, 2, 256)]
    assert len(set(keys)) == len(keys)
    assert {len(key) for key in keys} == {16}


@pytest.mark.parametrize(
    ("feed", "role"), [(CASE, Role.SCANNER), (DECISION, Role.OPERATOR), (PASS, Role.HEALTH)], ids=lambda it: it.name
)
def test_who_has_another_role_is_refused(feed: Feed, role: Role) -> None:
    record = avro_record(feed)
    assert isinstance(_PARSER.record(record, stamp_for(feed), feed.name), Ready)
    refused = _PARSER.record(record, Stamp(DEVICE_ID, NOW_MS, role), feed.name)
    assert refused == Invalid(feed.name, f"a device of role {role.name} may not send {feed.name} events")


def test_a_text_that_is_too_long_names_the_field() -> None:
    outcome = _judged(DECISION, about="RISK", area_code=38, risk_level=3, valid_from=_TIME, decision_ref="x" * 101)
    assert outcome == Invalid("decision", "decision_ref: expected str of length <= 100")


def test_what_is_missing_is_named() -> None:
    assert _judged(PASS, identity=_person(raw_number())) == Invalid("pass", "pass_id is missing")
