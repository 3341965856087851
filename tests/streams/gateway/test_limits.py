"""What one request and all together may hold, and what a client is told beyond it."""

import asyncio
import gzip
import json
from typing import Any

import pytest
from backports import zstd

from streams.gateway.devices import InMemoryDeviceDirectory
from streams.gateway.publisher import InMemoryPublisher
from tests.streams.gateway.held_publisher import HeldPublisher
from tests.streams.gateway.samples import AUTHORIZED, event
from tests.streams.gateway.server import Client, config, serving


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("zstd", zstd.compress)])
async def test_a_bomb_is_refused(client: Client, encoding: str, pack: Any) -> None:
    bomb = pack(b" " * 200_000_000)

    assert (await client.post(data=bomb, headers={"Content-Encoding": encoding})).status == 413


async def test_a_body_above_the_limit_is_refused_announced_or_not(directory: InMemoryDeviceDirectory) -> None:
    async def chunks() -> Any:
        for _ in range(20):
            yield b" " * 1_000

    settings = config(max_body_bytes=10_000)
    async with serving(settings, directory=directory, publisher=InMemoryPublisher()) as client:
        announced, chunked = await client.post(data=b" " * 20_000), await client.post(data=chunks())

    assert announced.status == chunked.status == 413
    assert "10000 bytes" in announced.body["detail"]
    assert announced.body == chunked.body


async def test_more_events_than_allowed_are_refused_as_a_whole(client: Client, publisher: InMemoryPublisher) -> None:
    reply = await client.post(json=[{}] * 5_001)

    assert (reply.status, publisher.stored) == (413, [])
    assert reply.body["detail"] == "A request must not hold more than 5000 events; send several."


async def test_as_many_events_as_allowed_are_taken(client: Client) -> None:
    batch = [event() for _ in range(5_000)]

    assert (await client.post(json=batch)).body["accepted"] == 5_000


async def test_beyond_what_may_be_in_flight_clients_are_told_to_come_again(directory: InMemoryDeviceDirectory) -> None:
    publisher = HeldPublisher()
    settings = config(max_events=10, max_inflight_events=10)
    async with serving(settings, directory=directory, publisher=publisher) as client:
        async with asyncio.TaskGroup() as group:
            taken = group.create_task(client.post(json=[event() for _ in range(8)]))
            await publisher.waiting.wait()
            refused = await client.post(json=[event() for _ in range(3)])
            publisher.release.set()

        assert (refused.status, refused.headers["Retry-After"]) == (429, "1")
        assert taken.result().status == 200
        assert (await client.post(json=[event() for _ in range(3)])).status == 200


async def test_bodies_in_flight_are_bounded(directory: InMemoryDeviceDirectory) -> None:
    publisher = HeldPublisher()
    settings = config(max_body_bytes=10_000, max_inflight_bytes=10_000)
    async with serving(settings, directory=directory, publisher=publisher) as client:
        held = asyncio.create_task(client.post(data=json.dumps([event()]) + " " * 8_000))
        await publisher.waiting.wait()

        assert (await client.post(data=b" " * 8_000)).status == 429
        publisher.release.set()
        assert (await held).status == 200


async def test_many_small_packed_bodies_fit_at_the_same_time(directory: InMemoryDeviceDirectory) -> None:
    body = gzip.compress(json.dumps([event()]).encode())
    settings = config(max_body_bytes=60_000, max_inflight_bytes=60_000)
    async with serving(settings, directory=directory, publisher=InMemoryPublisher()) as client:
        replies = await asyncio.gather(
            *(client.post(data=body, headers={"Content-Encoding": "gzip"}) for _ in range(20))
        )

    assert [reply.status for reply in replies] == [200] * 20


async def test_a_body_that_does_not_arrive_is_not_waited_for_for_ever(directory: InMemoryDeviceDirectory) -> None:
    never = asyncio.Event()

    async def slow() -> Any:
        yield b"["
        await never.wait()

    settings = config(body_timeout_seconds=0.05)
    async with serving(settings, directory=directory, publisher=InMemoryPublisher()) as client:
        async with client.session.post(
            f"{client.url}/v1/scans", data=slow(), headers=AUTHORIZED | {"Content-Type": "application/json"}
        ) as response:
            assert response.status == 408
        never.set()
