"""The watch on the real broker and the real engine: killed between publishing and landing it raises nothing twice."""

from collections.abc import Callable
from typing import Any

import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition
from prometheus_client import CollectorRegistry

from deploy.kafka.broker import Broker
from deploy.kafka.topics import TopicSpec, create_topics
from schemas.kinds import ALERT
from schemas.wire import decode, partition_of
from sinks.watch.clickhouse_answers import ClickHouseAnswers
from sinks.watch.kafka_publisher import KafkaPublisher, new_producer
from sinks.watch.table import RULES
from sinks.watch.watch import Watch
from sinks.watch.watch_metrics import WatchMetrics
from tests.sinks.conftest import Database
from tests.sinks.watch.land import land
from tests.sinks.watch.making.make import make_world
from tests.sinks.watch.world import NOW

pytestmark = pytest.mark.integration
_PARTITIONS = 2
#: What is shown holds for any rule; these are answered soonest.
_QUICK = ("pass_expiring", "impossible_travel", "capacity", "device_silent", "risk_raised")


def _one_life(database: Database, kafka: Broker, topic: str) -> None:
    """Start a watch, give its rules their turns, and let it vanish."""
    watch = Watch(
        [rule for rule in RULES if rule.name in _QUICK],
        answers=ClickHouseAnswers(database.client),
        publisher=KafkaPublisher(new_producer(kafka.bootstrap), topic=topic, stopping=lambda: False),
        metrics=WatchMetrics(CollectorRegistry()),
        now=lambda: NOW,
        clock=lambda: 0.0,
    )
    watch.step()


def _published(kafka: Broker, topic: str) -> list[dict[str, Any]]:
    """Return every alert of the topic; its key and its partition have been checked."""
    found: list[dict[str, Any]] = []
    unread = set(range(_PARTITIONS))
    settings = {"bootstrap.servers": kafka.bootstrap, "group.id": topic, "fetch.wait.max.ms": 50}
    consumer = Consumer({**settings, "enable.auto.commit": False, "enable.partition.eof": True})
    consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in unread])
    while unread:
        message = consumer.poll(30)
        assert message is not None
        if message.error():
            assert message.error().code() == KafkaError._PARTITION_EOF
            unread.discard(message.partition())
            continue
        kind, alert = decode(message.value())
        assert kind is ALERT
        assert message.key() == alert["subject"]
        assert message.partition() == partition_of(alert["subject"], _PARTITIONS)
        found.append(alert)
    consumer.close()
    return found


def test_a_watch_killed_before_its_alerts_landed_repeats_them_and_none_after(
    database: Database, kafka: Broker, unique_name: Callable[[str], str]
) -> None:
    topic = unique_name("alerts")
    create_topics(kafka.bootstrap, [TopicSpec(name=topic, partitions=_PARTITIONS)])
    land(database, make_world(8))
    _one_life(database, kafka, topic)
    _one_life(database, kafka, topic)
    published = _published(kafka, topic)
    by_id = {alert["event_id"]: alert for alert in published}
    assert len({alert["type"] for alert in published}) == len(_QUICK)
    assert len(published) == 2 * len(by_id)
    assert all(alert == by_id[alert["event_id"]] for alert in published)

    columns = ["event_id", "subject", "event_time", "type", "verdict"]
    rows = [[*(alert[column] for column in columns[:-1]), "ACCEPTED"] for alert in by_id.values()]
    database.client.insert("alerts", rows, column_names=columns, database=database.name)
    _one_life(database, kafka, topic)
    assert len(_published(kafka, topic)) == len(published)
