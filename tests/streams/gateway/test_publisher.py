"""What every publisher promises, over the shipped fake and over Kafka."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable

import pytest
from confluent_kafka import KafkaError

from deploy.kafka.broker import Broker
from deploy.kafka.topics import TopicSpec, create_topics
from schemas.wire import partition_of
from streams.gateway.kafka_publisher import KafkaPublisher
from streams.gateway.outcome import Ready
from streams.gateway.publisher import InMemoryPublisher, Publisher
from tests.streams.gateway.kafka_topics import read_topic
from tests.streams.gateway.server import config
from tests.waiting import until_async

PARTITIONS = 4


class Stored:
    """A publisher and what it has stored: (key, value) in the order of each key's partition."""

    def __init__(self, publisher: Publisher, read: Callable[[], list[tuple[bytes, bytes]]], topic: str) -> None:
        self.publisher = publisher
        self.read = read
        self.topic = topic

    def events(self, count: int) -> list[Ready]:
        """Return new events."""
        return [Ready("venue", self.topic, os.urandom(16), os.urandom(100), "") for _ in range(count)]


def _in_memory() -> Stored:
    publisher = InMemoryPublisher()
    return Stored(publisher, lambda: [(one.key, one.value) for one in publisher.stored], "t")


@pytest.fixture(params=["in memory", pytest.param("kafka", marks=pytest.mark.integration)])
async def stored(request: pytest.FixtureRequest, unique_name: Callable[[str], str]) -> AsyncIterator[Stored]:
    """Return each publisher in turn, ready to publish."""
    if request.param == "in memory":
        yield _in_memory()
        return
    broker: Broker = request.getfixturevalue("kafka")
    topic = unique_name("publisher")
    create_topics(broker.bootstrap, [TopicSpec(name=topic, partitions=PARTITIONS)])
    publisher = KafkaPublisher(config(kafka_bootstrap=broker.bootstrap))
    await publisher.start()
    await until_async(lambda: publisher.reachable)
    yield Stored(publisher, lambda: [(one.key(), one.value()) for one in read_topic(broker.bootstrap, topic)], topic)
    await publisher.close()


async def test_what_is_acknowledged_is_stored(stored: Stored) -> None:
    events = stored.events(1_000)

    assert await stored.publisher.publish(events) == [True] * 1_000

    assert sorted(stored.read()) == sorted((one.key, one.value) for one in events)


async def test_events_of_one_key_keep_their_order(stored: Stored) -> None:
    key = os.urandom(16)
    events = [Ready("venue", stored.topic, key, str(number).encode(), "") for number in range(200)]

    await stored.publisher.publish(events[:100])
    await stored.publisher.publish(events[100:])

    assert [value for _, value in stored.read()] == [one.value for one in events]


async def test_requests_at_the_same_time_are_each_answered(stored: Stored) -> None:
    batches = [stored.events(50) for _ in range(20)]

    answers = await asyncio.gather(*(stored.publisher.publish(batch) for batch in batches))

    assert answers == [[True] * 50] * 20
    assert len(stored.read()) == 1_000


async def test_nothing_to_publish_is_published_at_once(stored: Stored) -> None:
    assert await stored.publisher.publish([]) == []


@pytest.mark.integration
async def test_a_key_meets_the_partition_javas_producers_choose(
    kafka: Broker, unique_name: Callable[[str], str]
) -> None:
    topic = unique_name("partitions")
    create_topics(kafka.bootstrap, [TopicSpec(name=topic, partitions=PARTITIONS)])
    publisher = KafkaPublisher(config(kafka_bootstrap=kafka.bootstrap))
    await publisher.start()

    await publisher.publish([Ready("venue", topic, os.urandom(16), b"v", "") for _ in range(200)])
    await publisher.close()

    for message in read_topic(kafka.bootstrap, topic):
        assert message.partition() == partition_of(message.key(), PARTITIONS)


@pytest.mark.integration
async def test_an_event_for_a_topic_that_does_not_exist_is_not_stored_and_its_neighbour_is(
    kafka: Broker, unique_name: Callable[[str], str]
) -> None:
    topic = unique_name("neighbour")
    create_topics(kafka.bootstrap, [TopicSpec(name=topic, partitions=1)])
    publisher = KafkaPublisher(config(kafka_bootstrap=kafka.bootstrap, delivery_timeout_seconds=2))
    await publisher.start()

    answer = await publisher.publish(
        [Ready("venue", unique_name("missing"), b"k" * 16, b"1", ""), Ready("venue", topic, b"k" * 16, b"2", "")]
    )
    await publisher.close()

    assert answer == [False, True]


async def test_without_a_broker_nothing_is_stored_and_nothing_hangs() -> None:
    publisher = KafkaPublisher(config(kafka_bootstrap="127.0.0.1:1", delivery_timeout_seconds=0.3))
    await publisher.start()

    answer = await publisher.publish([Ready("venue", "t", b"k" * 16, b"1", "")])

    assert answer == [False]
    assert not publisher.reachable
    await publisher.close()


async def test_an_error_kafkas_client_can_not_go_on_after_is_reported() -> None:
    publisher = KafkaPublisher(config(delivery_timeout_seconds=0.3))
    await publisher.start()
    assert not publisher.fatal.done()

    publisher._on_error(KafkaError(KafkaError.OUT_OF_ORDER_SEQUENCE_NUMBER, "lost count", fatal=True))

    assert await publisher.fatal == "lost count"
    await publisher.close()
