"""Which keys a compacted topic holds."""

from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition

from deploy.kafka.topics import require_topics
from deploy.user_error import UserError

_SECONDS = 30.0


def latest_keys(bootstrap: str, topic: str) -> set[bytes]:
    """Return the keys whose latest message has a value, up to the topic's end now; raise UserError."""
    require_topics(bootstrap, [topic])
    found: set[bytes] = set()
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "scanstream-keys",  # librdkafka wants one; nothing is committed and no group is joined
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 50,  # the broker answers the fetch at the topic's end only then
            "log_level": 0,
        }
    )
    try:
        partitions = list(consumer.list_topics(topic, timeout=_SECONDS).topics[topic].partitions)
        consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in partitions])
        _read(consumer, set(partitions), found)
    except KafkaException as problem:
        raise UserError(f"The topic {topic} can't be read ({problem.args[0].str()}); try again.") from None
    finally:
        consumer.close()
    return found


def _read(consumer: Any, unread: set[int], found: set[bytes]) -> None:
    while unread:
        message = consumer.poll(_SECONDS)
        if message is None:
            raise UserError("Kafka does not answer; what it holds can't be read now, try again.")
        error = message.error()
        if error is None:
            (found.discard if message.value() is None else found.add)(message.key() or b"")
        elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 -- confluent-kafka's public name for it
            unread.discard(message.partition())
        else:
            raise KafkaException(error)
