"""An operator links two documents of a person through the gateway, and takes a mistaken link back."""

import json
from typing import Any

from schemas.enums import Role, TokenKind
from schemas.kinds import LINK
from schemas.links import Link, people
from schemas.report_enums import LinkAction
from schemas.wire import decode
from streams.gateway.feed_parser import FeedParser, Stamp
from streams.gateway.outcome import Invalid, Ready
from tests.streams.gateway.samples import DEVICE_ID, KEY, NOW_MS, raw_number

_CARD, _OLD_CARD = raw_number("card"), raw_number("old card")


def _parsed(role: Role = Role.OPERATOR, **changes: Any) -> Ready | Invalid:
    event = {
        "event_id": f"{1:032x}",
        "identity": {"kind": "CCCD", "number": _CARD},
        "other_identity": {"kind": "CMND", "number": _OLD_CARD},
        "other_kind": "CMND",
        "link_reason": "SAME_CREDENTIAL",
        "event_time": "2021-11-22T09:00:00+07:00",
    } | changes
    whole = {name: value for name, value in event.items() if value is not None}
    return FeedParser(LINK, KEY).json(json.dumps(whole).encode(), Stamp(DEVICE_ID, NOW_MS, role))


def _record(outcome: Ready | Invalid) -> dict[str, Any]:
    assert isinstance(outcome, Ready), outcome
    return decode(outcome.value)[1]


def test_two_documents_shown_together_become_one_person() -> None:
    card = KEY.subject(kind=TokenKind.CCCD, identity=_CARD)
    old_card = KEY.subject(kind=TokenKind.CMND, identity=_OLD_CARD)
    record = _record(_parsed())
    assert (record["subject"], record["other"]) == (card, old_card)
    assert (record["token_kind"], record["other_kind"], record["key_version"]) == ("CCCD", "CMND", KEY.version)
    link = Link(event_id=record["event_id"], subject=record["subject"], other=record["other"], event_time_ms=0)
    assert people([link]) == {card: min(card, old_card), old_card: min(card, old_card)}


def test_a_mistaken_link_is_taken_back_by_its_pseudonyms() -> None:
    record = _record(_parsed())
    undone = _record(
        _parsed(
            identity=None,
            other_identity=None,
            subject=record["other"].hex(),
            token_kind=TokenKind.CMND.name,
            key_version=KEY.version,
            other=record["subject"].hex(),
            other_kind="CCCD",
            other_key_version=KEY.version,
            link_action="UNLINK",
            link_reason="MISTAKE",
        )
    )
    events = [
        Link(
            event_id=it["event_id"],
            subject=it["subject"],
            other=it["other"],
            event_time_ms=at,
            action=LinkAction[it["link_action"]],
        )
        for at, it in enumerate((record, undone))
    ]
    assert people(events) == {}


def test_a_scanner_may_not_say_who_is_one_person() -> None:
    outcome = _parsed(role=Role.SCANNER)
    assert isinstance(outcome, Invalid)
    assert "may not send link events" in outcome.reason
