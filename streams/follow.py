"""Read topics from their beginning and follow them, outside any group: what every worker has to know whole."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, TopicPartition

_POLL_SECONDS = 0.05
_RETRY_SECONDS = 1.0
Warn = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """Follows `topics`, at most `most_messages` a poll; `what` names it all, as in "`what` can't be read yet".

    `answer_seconds` is how long Kafka has to say which topics there are: told to stop meanwhile, it stops after that.
    """

    bootstrap: str
    group: str
    topics: Sequence[str]
    what: str
    most_messages: int
    warn: Warn
    answer_seconds: float = 10.0

    def polls(self, stop: threading.Event) -> Iterator[tuple[list[Message], bool]]:
        """Yield until `stop` what each poll brought, and whether all that was there at the start has been read.

        While Kafka does not answer or a topic is missing, that is reported through `warn`, and tried again.
        """
        with closing(Consumer(self._settings())) as consumer:
            waiting = self._assign(consumer)
            while waiting is None and not stop.wait(_RETRY_SECONDS):
                waiting = self._assign(consumer)
            unread = waiting or set()
            while not stop.is_set():
                polled = consumer.consume(self.most_messages, _POLL_SECONDS)
                unread -= {(message.topic(), message.partition()) for message in polled if _is_end(message)}
                yield [message for message in polled if message.error() is None], not unread

    def _settings(self) -> dict[str, str | int | bool]:
        return {
            "bootstrap.servers": self.bootstrap,
            "group.id": self.group,  # librdkafka wants one; nothing is committed and no group is joined
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
            # Bounds the start: the broker answers the fetch at the end of a topic only then.
            "fetch.wait.max.ms": 50,
        }

    def _assign(self, consumer: Consumer) -> set[tuple[str, int]] | None:
        """Start at the beginning of every topic and return the partitions, None while that is not possible."""
        try:
            found = consumer.list_topics(timeout=self.answer_seconds).topics
        except KafkaException as error:
            self.warn(f"{self.what} can't be read yet: {error.args[0].str()}")
            return None
        missing = [topic for topic in self.topics if topic not in found]
        if missing:
            self.warn(f"{self.what} can't be read yet: there is no topic {missing[0]}")
            return None
        places = [(topic, partition) for topic in self.topics for partition in found[topic].partitions]
        consumer.assign([TopicPartition(*place, OFFSET_BEGINNING) for place in places])
        return set(places)


def _is_end(message: Message) -> bool:
    error = message.error()
    return error is not None and error.code() == KafkaError._PARTITION_EOF  # noqa: SLF001 -- confluent-kafka's public name for it
