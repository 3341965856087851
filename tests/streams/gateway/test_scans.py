"""POST /v1/scans as a client sees it."""

import asyncio
import gzip
import json
from typing import Any

import pytest
from backports import zstd

from schemas import wire
from schemas.kinds import CHECKPOINT, VENUE, avro_schema
from streams.gateway.devices import InMemoryDeviceDirectory
from streams.gateway.outcome import Ready
from streams.gateway.publisher import InMemoryPublisher
from tests.streams.gateway.held_publisher import HeldPublisher
from tests.streams.gateway.samples import DEVICE_ID, NOW_MS, avro_record, event
from tests.streams.gateway.server import Client, config, serving
from tests.streams.gateway.test_avro_container import container


def _lines(events: list[dict[str, Any]]) -> bytes:
    return b"\n".join(json.dumps(one).encode() for one in events)


async def test_every_event_is_answered_and_the_good_ones_are_stored(
    client: Client, publisher: InMemoryPublisher
) -> None:
    first, bad, last = event(), event(direction=None), event()

    reply = await client.post(json=[first, bad, last])

    assert reply.status == 200
    assert reply.body == {
        "accepted": 2,
        "rejected": 1,
        "events": [
            {"scan_id": first["scan_id"], "status": "accepted"},
            {"index": 1, "status": "rejected", "reason": "direction is missing"},
            {"scan_id": last["scan_id"], "status": "accepted"},
        ],
    }
    assert [stored.scan_id for stored in publisher.stored] == [first["scan_id"], last["scan_id"]]
    assert all(wire.decode(stored.value)[1]["device_id"] == DEVICE_ID for stored in publisher.stored)


async def test_the_answer_comes_only_after_the_events_are_stored(directory: InMemoryDeviceDirectory) -> None:
    publisher = HeldPublisher()
    async with serving(config(), directory=directory, publisher=publisher) as client:
        reply = asyncio.create_task(client.post(json=[event()]))
        await publisher.waiting.wait()
        assert not reply.done()
        publisher.release.set()

        assert (await reply).status == 200
        assert len(publisher.stored) == 1


async def test_sending_again_gives_the_same_answer_and_the_same_scan(
    client: Client, publisher: InMemoryPublisher
) -> None:
    batch = [event(), event()]

    first, again = await client.post(json=batch), await client.post(json=batch)

    assert first.body == again.body
    assert publisher.stored[:2] == publisher.stored[2:]


async def test_what_kafka_did_not_take_is_to_be_sent_again(client: Client, publisher: InMemoryPublisher) -> None:
    batch = [event(), event()]
    await client.post(json=batch)
    publisher.refuse = {publisher.stored[1].key}

    reply = await client.post(json=batch)

    assert reply.status == 503
    assert reply.headers["Retry-After"] == "1"
    assert reply.body["events"][0] == {"scan_id": batch[0]["scan_id"], "status": "accepted"}
    assert reply.body["events"][1] == {
        "index": 1,
        "status": "rejected",
        "reason": "not_stored",
        "scan_id": batch[1]["scan_id"],
    }


async def test_while_kafka_is_away_nothing_is_taken(client: Client, publisher: InMemoryPublisher) -> None:
    publisher.reachable = False

    reply = await client.post(json=[event()])

    assert reply.status == 503
    assert reply.headers["Retry-After"] == "1"
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.body["detail"] == "Kafka can't be reached; send the request again in a moment."


@pytest.mark.parametrize("content_type", ["application/x-ndjson", "application/ndjson; charset=utf-8"])
async def test_lines_are_judged_one_by_one(client: Client, content_type: str) -> None:
    body = _lines([event(), event()]) + b"\nno json\n" + _lines([event()])

    reply = await client.post(data=body, headers={"Content-Type": content_type})

    assert [one["status"] for one in reply.body["events"]] == ["accepted", "accepted", "rejected", "accepted"]


async def test_an_avro_container_is_taken(client: Client, publisher: InMemoryPublisher) -> None:
    records = [avro_record(CHECKPOINT), avro_record(CHECKPOINT, device_id=5)]
    body = container(avro_schema(CHECKPOINT.avro), records)

    reply = await client.post(data=body, headers={"Content-Type": "application/avro"})

    assert (reply.body["accepted"], reply.body["rejected"]) == (1, 1)
    assert reply.body["events"][0]["scan_id"] == records[0]["scan_id"].hex()
    assert publisher.stored[0].value == wire.encode(CHECKPOINT, records[0] | {"received_at": NOW_MS})


async def test_a_container_of_another_record_is_refused(client: Client) -> None:
    schema = {"type": "record", "name": "Submarine", "fields": [{"name": "depth", "type": "int"}]}
    body = container(schema, [{"depth": 5}])

    reply = await client.post(data=body, headers={"Content-Type": "application/avro"})

    assert reply.status == 400
    assert "its record must be one of VenueScan, CheckpointScan, VehicleScan, " in reply.body["detail"]


async def test_a_slow_upload_does_not_look_like_a_wrong_clock(
    directory: InMemoryDeviceDirectory, publisher: InMemoryPublisher
) -> None:
    stamped = asyncio.Event()

    def now_ms() -> int:
        stamped.set()
        return NOW_MS

    async def upload() -> Any:
        yield b"["
        await stamped.wait()
        yield json.dumps(event()).encode() + b"]"

    async with serving(config(), directory=directory, publisher=publisher, now_ms=now_ms) as client:
        assert (await client.post(data=upload())).body["accepted"] == 1

    assert wire.decode(publisher.stored[0].value)[1]["received_at"].timestamp() * 1000 == NOW_MS


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("zstd", zstd.compress)])
async def test_bodies_may_be_compressed(client: Client, encoding: str, pack: Any) -> None:
    body = pack(json.dumps([event() for _ in range(50)]).encode())

    assert (await client.post(data=body, headers={"Content-Encoding": encoding})).body["accepted"] == 50


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"data": b"[1,"}, 400),
        ({"data": b"<xml/>", "headers": {"Content-Type": "text/xml"}}, 415),
        ({"data": b"[]", "headers": {"Content-Encoding": "br"}}, 415),
        ({"data": b"[]", "headers": {"Content-Encoding": "gzip"}}, 400),
        ({"data": b"Obj", "headers": {"Content-Type": "application/avro"}}, 400),
        ({"data": b"[]", "query": "?feed=submarine"}, 400),
        ({"data": b"[]", "headers": {"Authorization": "Bearer 77.wrong"}}, 401),
        ({"data": b"[]", "headers": {"Authorization": ""}}, 401),
    ],
)
async def test_a_request_that_fails_as_a_whole_gets_a_problem_in_one_sentence(
    client: Client, changes: dict[str, Any], status: int
) -> None:
    reply = await client.post(**changes)

    assert reply.status == status
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.body["status"] == status
    assert reply.body["detail"].endswith(".")
    assert "\n" not in reply.body["detail"]


async def test_an_empty_batch_is_no_error(client: Client) -> None:
    assert (await client.post(json=[])).body == {"accepted": 0, "rejected": 0, "events": []}


async def test_a_revoked_token_is_refused_from_then_on(client: Client, directory: InMemoryDeviceDirectory) -> None:
    assert (await client.post(json=[event()])).status == 200

    directory.revoke(DEVICE_ID)

    assert (await client.post(json=[event()])).status == 401


async def test_requests_at_the_same_time_do_not_mix(client: Client, publisher: InMemoryPublisher) -> None:
    batches = [[event() for _ in range(300)] for _ in range(8)]

    replies = await asyncio.gather(*(client.post(json=batch) for batch in batches))

    for batch, reply in zip(batches, replies, strict=True):
        assert [one["scan_id"] for one in reply.body["events"]] == [one["scan_id"] for one in batch]
    assert len({stored.scan_id for stored in publisher.stored}) == 2_400


async def test_a_person_has_one_key_in_every_feed(client: Client, publisher: InMemoryPublisher) -> None:
    identity = event()["identity"]

    await client.post(json=[event(feed=name, identity=identity) for name in ("venue", "checkpoint", "vehicle")])

    assert len({stored.key for stored in publisher.stored}) == 1
    assert [stored.topic for stored in publisher.stored] == [
        "scans.venue.v1",
        "scans.checkpoint.v1",
        "scans.vehicle.v1",
    ]


async def test_what_was_answered_is_counted(client: Client) -> None:
    await client.post(json=[event(), event(feed="checkpoint"), event(direction=None)])
    await client.post(data=b"[1,")

    text = (await client.get("/metrics")).body

    assert 'scanstream_gateway_events_total{feed="venue",outcome="accepted"} 1.0' in text
    assert 'scanstream_gateway_events_total{feed="checkpoint",outcome="accepted"} 1.0' in text
    assert 'scanstream_gateway_events_total{feed="venue",outcome="rejected"} 1.0' in text
    assert 'scanstream_gateway_requests_total{status="200"} 1.0' in text
    assert 'scanstream_gateway_requests_total{status="400"} 1.0' in text
    assert "scanstream_gateway_inflight_events 0.0" in text
    assert "scanstream_gateway_request_seconds_count 2.0" in text
    assert "scanstream_gateway_kafka_seconds_count 1.0" in text


def test_a_ready_event_carries_what_the_publisher_needs() -> None:
    assert Ready.__struct_fields__ == ("feed", "topic", "key", "value", "scan_id", "details")
    assert VENUE.topic == "scans.venue.v1"
