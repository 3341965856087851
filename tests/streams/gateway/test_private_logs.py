"""Neither logs nor answers nor Kafka's bytes hold an identity or a token, whatever is sent and whatever fails."""

import asyncio
import json
import logging
from typing import Any

import pytest

from streams.gateway.devices import InMemoryDeviceDirectory
from streams.gateway.publisher import InMemoryPublisher
from tests.streams.gateway.samples import TOKEN, event, raw_number
from tests.streams.gateway.server import Client, config, serving
from tests.waiting import until_async

NUMBER = raw_number("private")
BEARER = f"Authorization: Bearer {TOKEN}"


class FailingPublisher(InMemoryPublisher):
    """Fails with an error that quotes what it was given."""

    async def publish(self, events: Any) -> list[bool]:
        raise RuntimeError(f"can't store {events} {NUMBER}")


@pytest.fixture(autouse=True)
def _log_everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


def _logged(caplog: pytest.LogCaptureFixture) -> str:
    formatter = logging.Formatter("%(name)s %(message)s")
    return "\n".join(formatter.format(record) for record in caplog.records)


async def test_an_accepted_identity_leaves_no_trace(
    client: Client, publisher: InMemoryPublisher, caplog: pytest.LogCaptureFixture
) -> None:
    reply = await client.post(
        json=[event(identity={"kind": "CCCD", "number": NUMBER})], query=f"?feed=venue&x={NUMBER}"
    )

    assert reply.body["accepted"] == 1
    assert NUMBER not in _logged(caplog)
    assert NUMBER not in json.dumps(reply.body)
    assert NUMBER.encode() not in publisher.stored[0].key + publisher.stored[0].value
    assert "POST /v1/scans 200" in _logged(caplog)


@pytest.mark.parametrize(
    "changes",
    [
        {"identity": {"kind": NUMBER, "number": NUMBER}},
        {"identity": NUMBER},
        {"identity": {"kind": "CCCD", "number": [NUMBER]}},
        {"identity": {"kind": "CCCD", "number": NUMBER + "*"}},
        {"direction": NUMBER},
        {"scan_id": NUMBER},
        {"scan_id": NUMBER * 3},
        {"event_time": NUMBER},
        {"place_id": NUMBER},
        {"place_id": int(NUMBER) << 40},
        {"subject": NUMBER},
        {"feed": NUMBER},
        {"token_kind": NUMBER},
        {NUMBER: NUMBER, "direction": None},
    ],
)
async def test_a_rejected_event_is_quoted_nowhere(
    client: Client, caplog: pytest.LogCaptureFixture, changes: dict[str, Any]
) -> None:
    reply = await client.post(json=[event(**changes)])

    assert reply.body["rejected"] == 1
    assert NUMBER not in json.dumps(reply.body)
    assert NUMBER not in _logged(caplog)


async def test_no_token_is_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    await client.post(json=[event()])
    await client.post(json=[event()], headers={"Authorization": f"Bearer {TOKEN}-wrong"})

    assert TOKEN.split(".")[1] not in _logged(caplog)


async def test_a_path_is_logged_as_its_route_only(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    await client.get(f"/scans/{NUMBER}?number={NUMBER}")
    await client.get(f"/subjects/{NUMBER}/versions")

    assert NUMBER not in _logged(caplog)
    assert "GET (no route) 404" in _logged(caplog)
    assert "GET /subjects/{subject}/versions 404" in _logged(caplog)


async def test_an_unexpected_failure_is_logged_by_type_and_place_only(
    directory: InMemoryDeviceDirectory, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(config(), directory=directory, publisher=FailingPublisher()) as client:
        reply = await client.post(json=[event(identity={"kind": "CCCD", "number": NUMBER})])

    assert reply.status == 500
    assert NUMBER not in json.dumps(reply.body)
    assert NUMBER not in _logged(caplog)
    assert "a request failed: RuntimeError at " in _logged(caplog)


@pytest.mark.parametrize(
    "sent",
    [
        f"{NUMBER} {NUMBER} {NUMBER}\r\n\r\n",
        f"POST /v1/scans HTTP/9.{NUMBER}\r\n\r\n",
        f"POST /v1/scans HTTP/1.1\r\nHost: x\r\nContent-Length: {NUMBER}x\r\n\r\n",
        f"POST /v1/scans HTTP/1.1\r\nHost: x\r\n{NUMBER}\r\n\r\n",
        f"POST /v1/scans HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{NUMBER} no size\r\n",
        f"POST /v1/scans HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n{BEARER}\r\n\r\n{NUMBER} no size\r\n",
    ],
)
async def test_broken_http_is_not_quoted_in_the_log(
    client: Client, caplog: pytest.LogCaptureFixture, sent: str
) -> None:
    host, port = client.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(sent.encode())
    await writer.drain()

    answer = await asyncio.wait_for(reader.read(1_000), 10)
    writer.close()

    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.0 400"))
    assert NUMBER not in _logged(caplog)


async def test_a_body_that_breaks_off_is_the_clients_mistake(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    host, port = client.url.removeprefix("http://").split(":")
    _reader, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /v1/scans HTTP/1.1\r\nHost: x\r\n{BEARER}\r\nContent-Length: 99\r\n\r\n"
    writer.write(head.encode() + b"[" + NUMBER.encode())
    await writer.drain()
    writer.close()

    await until_async(lambda: "POST /v1/scans 400" in _logged(caplog))

    assert "a request failed" not in _logged(caplog)
    assert NUMBER not in _logged(caplog)
