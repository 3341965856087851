"""A gateway whose keys were rotated publishes each person's link once, beside the event that showed them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.enums import TokenKind
from schemas.key_ring import KeyRing, Secret
from schemas.kinds import LINK
from schemas.pseudonym import PseudonymKey
from schemas.rotation import current_key
from schemas.wire import decode
from streams.gateway.devices import InMemoryDeviceDirectory
from streams.gateway.publisher import InMemoryPublisher
from tests.streams.gateway.samples import DEVICE_ID, NOW_MS, TOKEN_SHA256, event, raw_number
from tests.streams.gateway.server import Reply, config, serving

_NOW = datetime.fromtimestamp(NOW_MS / 1000, UTC)
_OLD = PseudonymKey(1, b"o" * 32)
_RING = KeyRing(
    (Secret(version=1, value=b"o" * 32), Secret(version=2, value=b"n" * 32, made_at=_NOW - timedelta(days=2)))
)


def _scan(number: str) -> dict[str, Any]:
    return event(identity={"kind": "CCCD", "number": number})


async def _send(publisher: InMemoryPublisher, *requests: list[dict[str, Any]], ring: KeyRing = _RING) -> list[Reply]:
    settings = config(pseudonym_key=current_key(ring), rotated_keys=ring)
    directory = InMemoryDeviceDirectory()
    directory.enrol(DEVICE_ID, TOKEN_SHA256)
    async with serving(settings, directory=directory, publisher=publisher) as client:
        return [await client.post(json=request) for request in requests]


def _links(publisher: InMemoryPublisher) -> list[dict[str, Any]]:
    return [decode(stored.value)[1] for stored in publisher.stored if stored.feed == LINK.name]


async def test_a_person_is_linked_once_and_the_answer_is_about_their_scans() -> None:
    publisher, number = InMemoryPublisher(), raw_number()
    replies = await _send(publisher, [_scan(number), _scan(number)], [_scan(number)])
    assert [reply.body["accepted"] for reply in replies] == [2, 1]
    (link,) = _links(publisher)
    (stored,) = [it for it in publisher.stored if it.feed == LINK.name]
    subjects = {it.key for it in publisher.stored if it.feed == "venue"}
    assert {stored.key, link["subject"]} == subjects
    assert stored.topic == LINK.topic
    assert link["other"] == _OLD.subject(kind=TokenKind.CCCD, identity=number)
    assert (link["key_version"], link["other_key_version"], link["link_reason"]) == (2, 1, "KEY_ROTATION")
    assert link["event_time"] in (NOW_MS, _NOW)


async def test_a_person_is_linked_by_the_next_event_after_kafka_refused() -> None:
    class RefusesOnce(InMemoryPublisher):
        """Fails to store what it is first given."""

        async def publish(self, events: Any) -> list[bool]:
            first, self.seen = not getattr(self, "seen", False), True
            return [False] * len(events) if first else await super().publish(events)

    publisher, number = RefusesOnce(), raw_number()
    replies = await _send(publisher, [_scan(number)], [_scan(number)])
    assert replies[1].body["accepted"] == 1
    assert len(_links(publisher)) == 1


async def test_when_the_old_key_is_not_live_any_more_nobody_is_linked() -> None:
    long_ago = KeyRing((_RING.secrets[0], Secret(version=2, value=b"n" * 32, made_at=_NOW - timedelta(days=40))))
    publisher = InMemoryPublisher()
    (reply,) = await _send(publisher, [_scan(raw_number())], ring=long_ago)
    assert reply.body["accepted"] == 1
    assert _links(publisher) == []
