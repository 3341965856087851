"""No raw plate, phone or other number a device sends gets beyond the gateway: not Kafka, not logs, not metrics.

What the worker later rejects ends in the dead letters with the bytes of its Kafka message, so they are covered with it.
"""

import json
import logging
from typing import Any

import fastavro
import pytest

from schemas import wire
from schemas.kinds import CHECKPOINT, avro_schema
from schemas.pseudonym import normalise
from streams.gateway.publisher import InMemoryPublisher
from tests.streams.gateway.samples import KEY, avro_record, event, raw_number, raw_plate
from tests.streams.gateway.server import Client
from tests.streams.gateway.test_avro_container import container

PLATE = raw_plate("private")
PHONE = f"09{raw_number('phone')[-8:]}"
# All that could remain of them, in any field.
TRACES = [PLATE, normalise(PLATE), PLATE[-6:], PHONE, PHONE[1:]]
LONG_AGO = "2021-01-01T00:00:00+07:00"


async def _seen(client: Client, publisher: InMemoryPublisher, caplog: pytest.LogCaptureFixture, reply: Any) -> str:
    """Return everything that left the gateway: answer, Kafka, logs, metrics."""
    kafka = b"".join(stored.key + stored.value for stored in publisher.stored)
    formatter = logging.Formatter("%(name)s %(message)s %(exc_text)s")
    logs = "\n".join(formatter.format(record) for record in caplog.records)
    metrics = (await client.get("/metrics")).body
    return "\n".join([json.dumps(reply.body), kafka.decode("latin-1"), logs, metrics]).upper()


@pytest.fixture(autouse=True)
def _log_everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


@pytest.mark.parametrize(
    "sent",
    [
        {"feed": "checkpoint", "plate": PLATE},
        {"feed": "checkpoint", "plate": PLATE.lower(), "event_time": LONG_AGO},
        {"feed": "vehicle", "plate": PLATE},
        {"feed": "venue", "plate": PLATE},
        {"identity": {"kind": "PHONE", "number": PHONE}},
        {"phone": PHONE, "name": PLATE, "person": {"phone": PHONE}, PLATE: PHONE},
        {"received_at": PHONE, "source_app": PLATE},
    ],
)
async def test_nothing_raw_of_an_accepted_event_leaves_the_gateway(
    client: Client, publisher: InMemoryPublisher, caplog: pytest.LogCaptureFixture, sent: dict[str, Any]
) -> None:
    reply = await client.post(json=[event(**sent)], query=f"?plate={PLATE}")

    assert reply.body["accepted"] == len(publisher.stored) == 1
    seen = await _seen(client, publisher, caplog, reply)
    assert not [trace for trace in TRACES if trace in seen]


@pytest.mark.parametrize(
    "sent",
    [
        {"plate": PLATE, "direction": None},
        {"plate": PLATE + "*"},
        {"plate": [PLATE]},
        {"plate": PLATE * 3},
        {"plate": PLATE, "vehicle": "ab" * 16},
        {"vehicle": PLATE},
        {"vehicle": PLATE * 3},
        {"vehicle": PLATE.ljust(32)},
        {"pass_id": PHONE},
        {"pass_id": PHONE.ljust(32, "x")},
        {"identity": {"kind": "PHONE", "number": PHONE, "plate": PLATE}, "decision": PLATE},
        {"feed": PLATE, "plate": PLATE},
    ],
)
async def test_a_rejected_event_is_answered_and_published_nowhere(
    client: Client, publisher: InMemoryPublisher, caplog: pytest.LogCaptureFixture, sent: dict[str, Any]
) -> None:
    reply = await client.post(json=[event(**({"feed": "checkpoint"} | sent))])

    assert (reply.body["rejected"], publisher.stored) == (1, [])
    seen = await _seen(client, publisher, caplog, reply)
    assert not [trace for trace in TRACES if trace in seen]


def _with_plate(type_: str, plate: str | bytes) -> bytes:
    schema = avro_schema(CHECKPOINT.avro)
    fields = [*schema["fields"], {"name": "plate", "type": type_}]
    record = avro_record(CHECKPOINT, vehicle=bytes(16), key_version=KEY.version, plate=plate)
    return container(fastavro.parse_schema(schema | {"fields": fields}), [record])


async def test_a_plate_in_an_avro_container_becomes_a_pseudonym_too(
    client: Client, publisher: InMemoryPublisher, caplog: pytest.LogCaptureFixture
) -> None:
    reply = await client.post(data=_with_plate("string", PLATE), headers={"Content-Type": "application/avro"})

    assert reply.body["accepted"] == 1
    assert wire.decode(publisher.stored[0].value)[1]["vehicle"] == KEY.vehicle(plate=PLATE)
    seen = await _seen(client, publisher, caplog, reply)
    assert not [trace for trace in TRACES if trace in seen]


async def test_a_plate_of_bytes_is_not_taken_for_another_vehicle(client: Client, publisher: InMemoryPublisher) -> None:
    sent = _with_plate("bytes", PLATE.encode())

    reply = await client.post(data=sent, headers={"Content-Type": "application/avro"})

    assert (reply.body["rejected"], publisher.stored) == (1, [])
