"""The local broker is a real one: it keeps what it acknowledged over kill -9 and takes messages of some MB."""

from collections.abc import Callable

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

from deploy.kafka.broker import Broker
from deploy.kafka.topics import TopicSpec, create_topics

pytestmark = pytest.mark.integration


def _publish(broker: Broker, topic: str, values: list[bytes], **settings: object) -> None:
    problems: list[KafkaError] = []

    def delivered(problem: KafkaError | None, _message: object) -> None:
        if problem is not None:
            problems.append(problem)

    producer = Producer({"bootstrap.servers": broker.bootstrap, "enable.idempotence": True, **settings})
    for value in values:
        producer.produce(topic, value, partition=0, on_delivery=delivered)
    assert producer.flush(30) == 0
    assert problems == []


def _read_all(broker: Broker, topic: str, count: int) -> list[bytes]:
    consumer = Consumer({"bootstrap.servers": broker.bootstrap, "group.id": "unused", "log_level": 0})
    try:
        consumer.assign([TopicPartition(topic, 0, 0)])
        return [bytes(message.value()) for message in consumer.consume(count, timeout=30)]
    finally:
        consumer.close()


def test_what_was_acknowledged_is_still_there_after_kill_9(kafka: Broker, unique_name: Callable[[str], str]) -> None:
    topic = unique_name("crash")
    create_topics(kafka.bootstrap, [TopicSpec(name=topic, partitions=1)])
    values = [str(number).encode() for number in range(1_000)]
    _publish(kafka, topic, values)
    pid = kafka.pid

    kafka.kill()
    kafka.restart()

    assert kafka.pid != pid
    assert _read_all(kafka, topic, len(values)) == values


def test_messages_of_many_megabytes_pass(kafka: Broker, unique_name: Callable[[str], str]) -> None:
    topic = unique_name("large")
    limit = {"max.message.bytes": str(32 * 1024 * 1024)}
    create_topics(kafka.bootstrap, [TopicSpec(name=topic, partitions=1, config=limit)])
    large = bytes(20 * 1024 * 1024)

    _publish(kafka, topic, [large], **{"message.max.bytes": 32 * 1024 * 1024})

    assert _read_all(kafka, topic, 1) == [large]


def test_a_misspelt_topic_is_refused_instead_of_made(kafka: Broker, unique_name: Callable[[str], str]) -> None:
    consumer = Consumer({"bootstrap.servers": kafka.bootstrap, "group.id": "unused", "log_level": 0})
    try:
        with pytest.raises(KafkaException):
            consumer.get_watermark_offsets(TopicPartition(unique_name("nowhere"), 0), timeout=5)
    finally:
        consumer.close()
