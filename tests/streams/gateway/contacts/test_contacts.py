"""Contact details sent with an event are kept before it is published, and get nowhere else."""

import json
import logging
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from schemas import wire
from schemas.enums import Role, TokenKind
from schemas.kinds import FEEDS
from schemas.vault import Contact, Details
from streams.gateway.contacts.store import InMemoryContactStore
from streams.gateway.devices import InMemoryDeviceDirectory
from streams.gateway.publisher import InMemoryPublisher
from tests.streams.gateway.samples import DEVICE_ID, KEY, TOKEN_SHA256, event, raw_number
from tests.streams.gateway.server import Client, config, serving

_NUMBER = raw_number("contact")
_SUBJECT = KEY.subject(kind=TokenKind.CCCD, identity=_NUMBER)
_CONTACT = {"name": "Trần Văn Mẫu", "phone": f"09{_NUMBER[-8:]}", "address": "ấp Mẫu Một"}


@pytest.fixture
def contacts() -> InMemoryContactStore:
    """Return a store that keeps details in memory."""
    return InMemoryContactStore()


@pytest.fixture
async def office(publisher: InMemoryPublisher, contacts: InMemoryContactStore) -> AsyncIterator[Client]:
    """Return a client of a gateway at which a health office may send."""
    directory = InMemoryDeviceDirectory()
    directory.enrol(DEVICE_ID, TOKEN_SHA256, Role.HEALTH)
    async with serving(config(), directory=directory, publisher=publisher, contacts=contacts) as client:
        yield client


def _declared(**changes: Any) -> dict[str, Any]:
    return {
        "feed": "declaration",
        "event_id": str(uuid.uuid4()),
        "identity": {"kind": "CCCD", "number": _NUMBER},
        "event_time": "2021-11-22T09:00:00+07:00",
        "kind": "DOMESTIC",
        "contact": _CONTACT,
    } | changes


async def test_a_contact_is_kept_for_its_person_and_is_nowhere_else(
    office: Client, publisher: InMemoryPublisher, contacts: InMemoryContactStore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    asleep = _declared(contact={"name": " ", "phone": ""})
    too_long = _declared(contact={"phone": _CONTACT["phone"] * 60})

    reply = await office.post(json=[_declared(), asleep, too_long, _declared(event_time=_CONTACT["phone"])])

    assert contacts.kept == [Details(subject=_SUBJECT, key_version=KEY.version, contact=Contact(**_CONTACT))]
    assert [one.get("reason", "accepted") for one in reply.body["events"]][:3] == [
        "accepted",
        "contact must hold a name, a phone or an address; or leave it out",
        "contact.phone: expected str of length <= 500",
    ]
    (stored,) = publisher.stored
    assert wire.decode(stored.value)[1]["subject"] == _SUBJECT
    formatter = logging.Formatter("%(message)s %(exc_text)s")
    seen = [json.dumps(reply.body, ensure_ascii=False), (await office.get("/metrics")).body]
    seen += [formatter.format(record) for record in caplog.records] + [repr(stored), repr(contacts.kept)]
    seen += [(stored.key + stored.value).decode("utf-8", "replace")]
    assert not [text for text in _CONTACT.values() for place in seen if text in place]


async def test_while_the_vault_is_away_only_events_with_a_contact_are_to_be_sent_again(
    office: Client, publisher: InMemoryPublisher, contacts: InMemoryContactStore
) -> None:
    contacts.away = True
    told, plain, wrong = _declared(), _declared(contact=None), _declared(kind="?")

    reply = await office.post(json=[told, plain, wrong])

    assert (reply.status, reply.headers["Retry-After"]) == (503, "1")
    reasons = [one.get("reason", "accepted") for one in reply.body["events"]]
    assert reasons[:2] == ["not_stored", "accepted"]
    assert [stored.scan_id for stored in publisher.stored] == [plain["event_id"]]
    assert (await office.post(json=[plain])).status == 200

    contacts.away = False
    again = await office.post(json=[told])
    assert (again.status, len(contacts.kept), len(publisher.stored)) == (200, 1, 3)


async def test_only_the_one_whose_details_are_not_kept_is_to_be_sent_again(
    office: Client, publisher: InMemoryPublisher, contacts: InMemoryContactStore
) -> None:
    contacts.refuse = {_SUBJECT}
    other = _declared(identity={"kind": "CCCD", "number": raw_number("another")})

    reply = await office.post(json=[_declared(), other])

    assert [one["status"] for one in reply.body["events"]] == ["rejected", "accepted"]
    assert [stored.scan_id for stored in publisher.stored] == [other["event_id"]]


async def test_a_contact_needs_a_person(office: Client, contacts: InMemoryContactStore) -> None:
    nobody = {"identity": None, "subject": "ab" * 16, "token_kind": "ANON", "key_version": 1}
    reply = await office.post(json=[_declared(**nobody)])
    assert reply.body["events"][0]["reason"] == "contact needs a person's document beside it; send identity"
    assert contacts.kept == []


async def test_a_scan_with_a_contact_is_taken_without_it(client: Client, publisher: InMemoryPublisher) -> None:
    assert (await client.post(json=[event(contact=_CONTACT)])).body["accepted"] == len(publisher.stored) == 1
    assert publisher.stored[0].details is None


def test_who_is_told_of_by_the_authorities_may_be_reached() -> None:
    taken = {feed.name for feed in FEEDS if feed.contact}
    assert taken == {"declaration", "pass", "isolation", "case"}
