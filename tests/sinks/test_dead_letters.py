"""Dead letters can be looked at and published again."""

from collections.abc import Callable

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from deploy.kafka.broker import Broker
from deploy.kafka.topics import TopicSpec, create_topics
from schemas.enums import Reason, Verdict
from schemas.kinds import CHECKPOINT, VENUE
from schemas.landing import encode_block
from sinks import dead_letters
from sinks.clickhouse_writer import ClickHouseWriter
from sinks.dead_letters import REPLAYED_FROM, Replay, Selection
from sinks.writer import Insert
from tests.sinks.conftest import Database
from tests.sinks.landing_log import Event, rejects_table

pytestmark = pytest.mark.integration


@pytest.fixture
def rejected(database: Database) -> Database:
    """Return a database with three venue rejects and a checkpoint one."""
    writer = ClickHouseWriter(database.client, database.name)
    events = [Event(offset=offset, verdict=Verdict.REJECTED, person=2**127 + offset) for offset in (4, 5, 6)]
    for feed, chosen in ((VENUE, events), (CHECKPOINT, events[:1])):
        writer.insert(Insert(table="dead_letter_log", block=encode_block(rejects_table(chosen, feed=feed))))
    return database


@pytest.fixture
def producer(kafka: Broker) -> Producer:
    """Return an idempotent producer; the topic of venue scans exists."""
    create_topics(kafka.bootstrap, [TopicSpec(name=VENUE.topic, partitions=1)])
    return Producer({"bootstrap.servers": kafka.bootstrap, "enable.idempotence": True, "log_level": 0})


def test_the_newest_come_first_up_to_the_limit(rejected: Database) -> None:
    found = dead_letters.find(rejected.client, Selection(feed=VENUE, limit=2))
    assert [letter.offset for letter in found] == [6, 5]
    assert found[0].reason is Reason.TRUNCATED
    assert found[0].replayed_at is None


def test_they_can_be_chosen_by_feed_and_reason(rejected: Database) -> None:
    assert len(dead_letters.find(rejected.client, Selection())) == 4
    assert len(dead_letters.find(rejected.client, Selection(feed=CHECKPOINT))) == 1
    assert dead_letters.find(rejected.client, Selection(reason=Reason.TOO_OLD)) == []


def test_they_are_counted_by_reason(rejected: Database) -> None:
    assert dead_letters.count_by_reason(rejected.client) == [("venue", "TRUNCATED", 3), ("checkpoint", "TRUNCATED", 1)]


def test_their_bytes_are_the_original_ones(rejected: Database) -> None:
    letter = dead_letters.find(rejected.client, Selection(feed=VENUE, limit=1))[0]
    assert letter.key == (2**127 + 6).to_bytes(16, "big")
    assert letter.value == b"\0\0"
    assert "value" not in repr(letter)


def test_a_replay_publishes_the_bytes_once_and_says_so_the_second_time(
    rejected: Database, producer: Producer, kafka: Broker, unique_name: Callable[[str], str]
) -> None:
    letters = dead_letters.find(rejected.client, Selection(feed=VENUE))
    assert dead_letters.replay(rejected.client, producer, letters) == Replay(published=3, replayed_before=0)
    again = dead_letters.find(rejected.client, Selection(feed=VENUE))
    assert all(letter.replayed_at for letter in again)
    assert dead_letters.replay(rejected.client, producer, again) == Replay(published=0, replayed_before=3)
    consumer = Consumer({"bootstrap.servers": kafka.bootstrap, "group.id": unique_name("replay")})
    _, high = consumer.get_watermark_offsets(TopicPartition(VENUE.topic, 0))
    consumer.assign([TopicPartition(VENUE.topic, 0, high - 3)])
    published = consumer.consume(3, timeout=20)
    consumer.close()
    assert {(message.key(), message.value()) for message in published} == {
        (letter.key, letter.value) for letter in letters
    }
    assert {dict(message.headers())[REPLAYED_FROM] for message in published} == {
        letter.position.encode() for letter in letters
    }
