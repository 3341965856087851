"""How far the store is behind, asked of a real broker."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from deploy.kafka.broker import Broker
from schemas.kinds import VENUE, Feed
from streams.store_lag import StoreLag
from tests.waiting import until

_MESSAGES = 5


@pytest.fixture
def feed(kafka: Broker, unique_name: Callable[[str], str]) -> Feed:
    """Return a feed whose landing log has two partitions with messages."""
    made = replace(VENUE, topic=unique_name("scans"))
    admin = AdminClient({"bootstrap.servers": kafka.address})
    admin.create_topics([NewTopic(made.landing_topic, 2)])[made.landing_topic].result()
    producer = Producer({"bootstrap.servers": kafka.address})
    for partition in (0, 1):
        for _ in range(_MESSAGES):
            producer.produce(made.landing_topic, b"rows", partition=partition)
    assert producer.flush(20) == 0
    return made


@pytest.fixture
def group(unique_name: Callable[[str], str]) -> str:
    return unique_name("sink")


@pytest.fixture
def lag(kafka: Broker, feed: Feed, group: str) -> Iterator[StoreLag]:
    asking = StoreLag(kafka.address, group, [feed])
    asking.start()
    yield asking
    asking.stop()


def _commit(kafka: Broker, feed: Feed, group: str, *, partition: int, offset: int) -> None:
    settings = {"bootstrap.servers": kafka.address, "group.id": group, "enable.auto.commit": False}
    with closing(Consumer(settings)) as consumer:
        consumer.commit(offsets=[TopicPartition(feed.landing_topic, partition, offset)], asynchronous=False)


@pytest.mark.integration
def test_what_lies_behind_the_sinks_offsets_is_what_the_store_has_not_taken(
    kafka: Broker, feed: Feed, group: str, lag: StoreLag
) -> None:
    assert lag.messages((feed.topic, 0)) == 0
    _commit(kafka, feed, group, partition=0, offset=2)
    until(lambda: lag.messages((feed.topic, 0)) == _MESSAGES - 2, seconds=20)
    # Of a partition the sink has said nothing about, nothing is known.
    assert lag.messages((feed.topic, 1)) == 0
    _commit(kafka, feed, group, partition=0, offset=_MESSAGES)
    until(lambda: lag.messages((feed.topic, 0)) == 0, seconds=20)


def test_without_a_broker_nobody_is_behind_and_it_can_be_stopped() -> None:
    asking = StoreLag("127.0.0.1:1", "nobody", [VENUE])
    asking.start()
    assert asking.messages((VENUE.topic, 0)) == 0
    asking.stop()
