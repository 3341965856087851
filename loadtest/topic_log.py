"""Read a topic back: what was published by whomever, with the broker's own times."""

from dataclasses import dataclass

import numpy as np
from confluent_kafka import Consumer, Message, TopicPartition

from loadtest import published
from loadtest.defects import Key, Value
from loadtest.expected import Expected, expect
from loadtest.offsets import CouldNotCheck, Offsets
from loadtest.published import Published
from schemas.decode import decode_batch, spans_of
from schemas.kinds import Feed
from schemas.plan import plan_of

_BATCH_EVENTS = 20_000
_WAIT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class TopicLog:
    """Everything in a feed's topic from `first_offsets` on; satisfies `verify.Record`."""

    feed: Feed
    first_offsets: Offsets
    published: Published
    messages: dict[tuple[int, int], tuple[Key, Value]]

    def __len__(self) -> int:
        return len(self.published)

    def expected(self) -> Expected:
        """Return what must become of every event; exact at every border, for the broker's times are known."""
        return expect(self.feed, self.published, first_offsets=self.first_offsets)

    def originals(self, events: Expected) -> list[tuple[Key, Value]]:
        """Return key and value of each of `events`."""
        places = zip(events.partition.tolist(), events.offset.tolist(), strict=True)
        return [self.messages[place] for place in places]


def read_topic(bootstrap: str, feed: Feed, *, first_offsets: Offsets, ends: Offsets) -> TopicLog:
    """Return the events from `first_offsets` up to `ends`; raise CouldNotCheck if the broker doesn't deliver them."""
    found: list[Message] = []
    for partition, end in ends.items():
        found += _read_partition(bootstrap, feed.topic, partition, first_offsets.get(partition, 0), end)
    return TopicLog(
        feed,
        first_offsets,
        _published(feed, found),
        {(message.partition(), message.offset()): (message.key(), message.value()) for message in found},
    )


def _read_partition(bootstrap: str, topic: str, partition: int, first: int, end: int) -> list[Message]:
    consumer = Consumer(
        {"bootstrap.servers": bootstrap, "group.id": "loadtest-log", "enable.auto.commit": False, "log_level": 0}
    )
    consumer.assign([TopicPartition(topic, partition, first)])
    found: list[Message] = []
    while len(found) < end - first:
        messages = consumer.consume(min(_BATCH_EVENTS, end - first - len(found)), timeout=_WAIT_SECONDS)
        if not messages or messages[0].error():
            raise CouldNotCheck(f"{topic}, partition {partition} can't be read from offset {first + len(found)} on")
        found += messages
    consumer.close()
    return found


def _published(feed: Feed, messages: list[Message]) -> Published:
    columns, status = decode_batch(plan_of(feed), spans_of([message.value() or b"" for message in messages]))
    subjects = columns.words("subject").tobytes()
    keyed = [message.key() == subjects[16 * row : 16 * row + 16] for row, message in enumerate(messages)]
    return published.from_columns(
        columns,
        partition=np.array([message.partition() for message in messages], np.int64),
        logged_ms=np.array([message.timestamp()[1] for message in messages], np.int64),
        reason=status,
        keyed=np.array(keyed, np.bool_),
    )
