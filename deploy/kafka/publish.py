"""Publish messages and wait until Kafka has acknowledged every one."""

from collections.abc import Callable, Iterable

from confluent_kafka import KafkaError, Producer

from deploy.kafka.topics import require_topics

_FLUSH_SECONDS = 60.0
_QUEUE_MESSAGES = 50_000


class NotAcknowledged(Exception):
    """Kafka did not acknowledge `count` messages; `why` is its own word for it, or empty."""

    def __init__(self, count: int, why: str) -> None:
        super().__init__(f"{count} messages{why}")
        self.count, self.why = count, why


def publish_all(
    bootstrap: str, topic: str, messages: Iterable[tuple[bytes, bytes]], *, on_message: Callable[[int], object]
) -> None:
    """Publish keys with their values, in order of each key; returns when Kafka has acknowledged all.

    `on_message` is called with 1 as each is handed over. Raises UserError if the topic isn't there, NotAcknowledged.
    """
    require_topics(bootstrap, [topic])
    refused: list[KafkaError] = []

    def delivered(error: KafkaError | None, _message: object) -> None:
        if error is not None:
            refused.append(error)

    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "enable.idempotence": True,
            "compression.type": "lz4",
            "partitioner": "murmur2_random",
            "log_level": 0,
        }
    )
    for key, value in messages:
        while len(producer) > _QUEUE_MESSAGES:
            producer.poll(0.01)
        producer.produce(topic, value, key, on_delivery=delivered)
        on_message(1)
    if unsent := producer.flush(_FLUSH_SECONDS) + len(refused):
        raise NotAcknowledged(unsent, f" ({refused[0].str()})" if refused else "")
