"""Whatever bytes come, the gateway answers, and the next request is served as if nothing had been.

SCANSTREAM_FUZZ_EXAMPLES sets how many bodies are tried (default 60).
"""

import asyncio
import gzip
import json
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas import wire
from schemas.kinds import VENUE, avro_schema
from streams.gateway.devices import InMemoryDeviceDirectory
from streams.gateway.publisher import InMemoryPublisher
from tests.streams.gateway.samples import DEVICE_ID, TOKEN_SHA256, avro_record, event
from tests.streams.gateway.server import Client, config, serving
from tests.streams.gateway.test_avro_container import container

EXAMPLES = int(os.environ.get("SCANSTREAM_FUZZ_EXAMPLES", "60"))
TYPES = ["application/json", "application/x-ndjson", "application/avro", "text/plain", ""]
ENCODINGS = ["", "gzip", "zstd", "br", "identity"]

_JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=10,
)


@st.composite
def _damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    body = bytearray(whole)
    for _ in range(draw(st.integers(0, 4))):
        body[draw(st.integers(0, len(body) - 1))] = draw(st.integers(0, 255))
    start = draw(st.integers(0, 8))
    return bytes(body[start : draw(st.integers(start, len(body)))])


def _bodies() -> st.SearchStrategy[bytes]:
    events = json.dumps([event(), event(feed="checkpoint")]).encode()
    avro = container(avro_schema(VENUE.avro), [avro_record(VENUE)])
    changed = st.dictionaries(st.sampled_from(sorted([*event(), "feed", "subject", "plate"])), _JSON_VALUES, max_size=3)
    return st.one_of(
        st.binary(max_size=300),
        _damaged(events),
        _damaged(avro),
        _damaged(gzip.compress(events)),
        st.lists(changed.map(lambda changes: event() | changes), max_size=5).map(
            lambda batch: json.dumps(batch).encode()
        ),
        st.lists(_JSON_VALUES, max_size=5).map(lambda batch: json.dumps(batch).encode()),
    )


async def _checked(client: Client, publisher: InMemoryPublisher, body: bytes, headers: dict[str, str]) -> None:
    publisher.stored.clear()
    reply = await client.post(data=body, headers=headers)
    assert reply.status in (200, 400, 413, 415)
    if reply.status == 200:
        assert reply.body["accepted"] == len(publisher.stored)
        assert reply.body["accepted"] + reply.body["rejected"] == len(reply.body["events"])
    for stored in publisher.stored:
        record = wire.decode(stored.value)[1]
        assert (record["subject"], record["device_id"]) == (stored.key, DEVICE_ID)
    assert (await client.post(json=[event()])).body["accepted"] == 1


async def _tried(cases: list[tuple[bytes, dict[str, str]]]) -> None:
    directory, publisher = InMemoryDeviceDirectory(), InMemoryPublisher()
    directory.enrol(DEVICE_ID, TOKEN_SHA256)
    async with serving(config(max_events=100), directory=directory, publisher=publisher) as client:
        for body, headers in cases:
            await _checked(client, publisher, body, headers)


def _headers() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"Content-Type": st.sampled_from(TYPES), "Content-Encoding": st.sampled_from(ENCODINGS)}
    )


# A server is started for each example, so each tries twenty bodies.
@pytest.mark.timeout(120 + EXAMPLES // 20)
@settings(max_examples=max(1, EXAMPLES // 20), deadline=None, suppress_health_check=list(HealthCheck))
@given(cases=st.lists(st.tuples(_bodies(), _headers()), min_size=20, max_size=20))
def test_any_body_is_answered_and_harms_nothing(cases: list[tuple[bytes, dict[str, str]]]) -> None:
    asyncio.run(_tried(cases))
