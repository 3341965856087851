"""How the sink talks to Kafka: settings of its consumer, and what its errors mean."""

import logging

from confluent_kafka import KafkaError, Message

from sinks.config import SinkConfig
from sinks.errors import SinkStopped
from sinks.record import Record

_log = logging.getLogger(__name__)

_REFUSED = frozenset(
    {
        KafkaError._AUTHENTICATION,  # noqa: SLF001 -- librdkafka's own codes begin with an underscore
        KafkaError.SASL_AUTHENTICATION_FAILED,
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.GROUP_AUTHORIZATION_FAILED,
    }
)
_OUT_OF_RANGE = frozenset(
    {
        KafkaError._AUTO_OFFSET_RESET,  # noqa: SLF001 -- as above
        KafkaError.OFFSET_OUT_OF_RANGE,
    }
)
_MEMBERSHIP_LOST = frozenset(
    {
        KafkaError._FATAL,  # noqa: SLF001 -- as above
        KafkaError._FENCED,  # noqa: SLF001 -- as above
        KafkaError.FENCED_INSTANCE_ID,
    }
)


class MembershipLost(Exception):
    """The consumer can't go on, but a new one can: a broker that was killed may know another member by our name."""


def consumer_settings(config: SinkConfig) -> dict[str, str | int | bool]:
    """Return librdkafka's settings for the sink's consumer.

    Offsets come from the ledger: none is stored by itself, and one that Kafka does not have is an error.
    """
    settings: dict[str, str | int | bool] = {
        "bootstrap.servers": config.kafka,
        "group.id": config.group,
        "client.id": config.instance or config.group,
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "error",
        "partition.assignment.strategy": "roundrobin",
        "session.timeout.ms": config.session_timeout_ms,
        "heartbeat.interval.ms": config.session_timeout_ms // 5,
        "allow.auto.create.topics": False,
        # Topics made after the sink started are found this soon.
        "topic.metadata.refresh.interval.ms": 5_000,
        # A full queue is tried again at once: the default of a second would leave the store idle.
        "fetch.queue.backoff.ms": 10,
        "queued.max.messages.kbytes": max(1, config.queue_bytes >> 10),
        "log_level": 3,
    }
    return settings | ({"group.instance.id": config.instance} if config.instance else {})


def record_of(message: Message) -> Record:
    """Return a consumed message without the library's type."""
    return Record(
        topic=message.topic(),
        partition=message.partition(),
        offset=message.offset(),
        value=message.value(),
        headers=message.headers() or [],
    )


def judge(error: KafkaError, message: Message) -> None:
    """Raise SinkStopped for an error that will not pass, MembershipLost for one that a new consumer gets over.

    Log what librdkafka gets over by itself.
    """
    if error.code() in _OUT_OF_RANGE:
        raise SinkStopped(
            f"Kafka no longer has what the sink needs of {message.topic()}, partition {message.partition()} "
            f"({error.str()}): the topic was made again, or its retention passed while no sink ran. Restore the "
            "topic, or start with an empty database."
        )
    if error.code() in _MEMBERSHIP_LOST:
        raise MembershipLost(error.str())
    if error.fatal() or error.code() in _REFUSED:
        raise SinkStopped(f"Kafka refuses the sink: {error.str()}; correct its settings and start it again.")
    _log.info("Kafka: %s", error.str())
