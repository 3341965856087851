"""Confluent's own client finds every schema at the gateway, and decodes every kind's messages with what it finds."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.kinds import FEEDS, REFERENCES, Feed, Reference, avro_schema
from schemas.wire import decode, encode
from tests.schemas.avro_records import records
from tests.streams.gateway.server import Client

_KINDS: tuple[Feed | Reference, ...] = (*FEEDS, *REFERENCES)


@contextmanager
def _registry(url: str) -> Iterator[Any]:
    registry = SchemaRegistryClient({"url": url})
    yield registry
    registry._rest_client.session.close()  # it has no `close` of its own


async def test_every_kind_is_found_with_all_its_versions(client: Client) -> None:
    def found() -> dict[str, list[int]]:
        with _registry(client.url) as registry:
            return {
                subject: [
                    registry.get_version(subject, version).schema_id for version in registry.get_versions(subject)
                ]
                for subject in registry.get_subjects()
            }

    assert await asyncio.to_thread(found) == {
        f"{kind.topic}-value": [*(version.schema_id for version in kind.history), kind.schema_id] for kind in _KINDS
    }


async def test_the_latest_version_is_the_one_that_is_written(client: Client) -> None:
    def latest() -> dict[str, int]:
        with _registry(client.url) as registry:
            return {kind.name: registry.get_latest_version(f"{kind.topic}-value").schema_id for kind in _KINDS}

    assert await asyncio.to_thread(latest) == {kind.name: kind.schema_id for kind in _KINDS}


async def test_every_subject_promises_full_transitive_compatibility(client: Client) -> None:
    def promised() -> set[str]:
        with _registry(client.url) as registry:
            subjects = [f"{kind.topic}-value" for kind in _KINDS]
            return {registry.get_compatibility(subject) for subject in [None, *subjects]}

    assert await asyncio.to_thread(promised) == {"FULL_TRANSITIVE"}


async def test_a_subject_nobody_has_promises_nothing(client: Client) -> None:
    reply = await client.get("/config/nothing-value")
    assert (reply.status, reply.body["error_code"]) == (404, 40401)


async def test_nothing_can_be_registered(client: Client) -> None:
    assert (await client.get("/mode")).body == {"mode": "READONLY"}


async def test_the_client_decodes_messages_of_every_kind(client: Client) -> None:
    def decode_some() -> None:
        with _registry(client.url) as registry:
            deserialize = AvroDeserializer(registry)
            for kind in _KINDS:
                _same_as_ours(kind, deserialize)

    await asyncio.to_thread(decode_some)


def _same_as_ours(kind: Feed | Reference, deserialize: Any) -> None:
    context = SerializationContext(kind.topic, MessageField.VALUE)

    @settings(max_examples=2, database=None)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        message = encode(kind, data.draw(records(avro_schema(kind.avro))))
        assert deserialize(message, context) == decode(message)[1]

    check()
