"""A message's headers name the event as CloudEvents does."""

import os
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from deploy.kafka.broker import Broker
from deploy.kafka.topics import TopicSpec, create_topics
from schemas.kinds import CHECKPOINT, FEEDS, VENUE, Feed, avro_schema
from schemas.wire import header
from streams.gateway.cloud_events import CloudEvents
from streams.gateway.kafka_publisher import KafkaPublisher
from streams.gateway.outcome import Ready
from tests.streams.gateway.kafka_topics import read_topic
from tests.streams.gateway.server import config

_NOW = datetime(2021, 6, 1, 5, 0, 0, 123_456, UTC)
_SCAN_ID = bytes.fromhex("018f2c5e7a3b7c1d8e2f000000000001")


def _event(feed_name: str = "venue", *, topic: str = "t") -> Ready:
    value = header(VENUE.schema_id) + _SCAN_ID + os.urandom(80)
    return Ready(feed_name, topic, os.urandom(16), value, "018F2C5E-7A3B-7C1D-8E2F-000000000001")


def test_the_headers_are_those_of_the_kafka_binding() -> None:
    assert dict(CloudEvents(lambda: _NOW).at_once()(_event())) == {
        "ce_specversion": b"1.0",
        "ce_type": b"vn.scanstream.VenueScan",
        "ce_source": b"urn:scanstream:gateway",
        "ce_id": b"018f2c5e7a3b7c1d8e2f000000000001",
        "ce_time": b"2021-06-01T05:00:00.123+00:00",
        "content-type": b"application/avro",
    }


def test_each_feed_has_its_own_type() -> None:
    headers = CloudEvents(lambda: _NOW).at_once()
    types = [dict(headers(_event(feed.name)))["ce_type"] for feed in FEEDS]
    assert len(set(types)) == len(FEEDS)
    assert dict(headers(_event(CHECKPOINT.name)))["ce_type"] == b"vn.scanstream.CheckpointScan"


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_a_body_begins_with_the_events_identity(feed: Feed) -> None:
    first = avro_schema(feed.avro)["fields"][0]
    assert (first["type"]["type"], first["type"]["size"]) == ("fixed", 16)


@pytest.mark.integration
@pytest.mark.parametrize("cloud_events", [False, True])
async def test_messages_have_headers_only_where_they_are_wanted(
    kafka: Broker, unique_name: Callable[[str], str], cloud_events: bool
) -> None:
    topic = unique_name("cloud_events")
    create_topics(kafka.bootstrap, [TopicSpec(name=topic, partitions=1)])
    publisher = KafkaPublisher(config(kafka_bootstrap=kafka.bootstrap, cloud_events=cloud_events))
    await publisher.start()
    events = [_event(topic=topic) for _ in range(3)]

    assert await publisher.publish(events) == [True] * 3
    await publisher.close()

    for message, event in zip(read_topic(kafka.bootstrap, topic), events, strict=True):
        assert (message.key(), message.value()) == (event.key, event.value)
        names = [name for name, _ in message.headers() or []]
        assert ("ce_id" in names, "content-type" in names) == (cloud_events, cloud_events)
