"""Follow the raw topics of the status feeds from their beginning, and keep the index of people fresh."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, TopicPartition

from schemas.decode import OK, decode_batch, spans_of
from schemas.kinds import Feed
from schemas.plan import plan_of
from streams.batch import keys_match
from streams.people.facts import STATUS_FEEDS, facts_of
from streams.people.index import PeopleIndex
from streams.people.layout import People
from streams.people.sound import judge
from streams.rules.table import rule_of

_MESSAGES, _POLL_SECONDS = 20_000, 0.05
_RETRY_SECONDS, _LIST_SECONDS = 1.0, 10.0
Warn = Callable[[str], None]


@dataclass(slots=True)
class PeopleLoader:
    """Follows those of `feeds` that say something of people in a thread; `people` is what is known by now.

    `ready` is set once everything that was in the topics at the start has been read; at once if there is no such feed.
    `taken` counts the events read. Events that are refused as dead letters say nothing here, either: they are reported
    through `warn`, once for those read together. While Kafka does not answer or a topic is missing, that is reported,
    and tried again.
    """

    bootstrap: str
    feeds: Sequence[Feed]
    warn: Warn
    ready: threading.Event = field(default_factory=threading.Event)
    taken: int = 0
    _index: PeopleIndex = field(default_factory=PeopleIndex)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    @property
    def people(self) -> People:
        """What is known of people; threads may look things up in it while more is added."""
        return self._index.people

    def start(self) -> None:
        """Start following."""
        self._thread = threading.Thread(target=self._run, name="people", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop following and wait for the thread's end."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        topics = {feed.topic: feed for feed in self.feeds if feed.name in STATUS_FEEDS}
        if not topics:
            self.ready.set()
            return
        consumer = Consumer(
            {
                "bootstrap.servers": self.bootstrap,
                "group.id": "scanstream-people-reader",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "auto.offset.reset": "earliest",
                # Bounds the start: the broker answers the fetch at the end of a topic only then.
                "fetch.wait.max.ms": 50,
            }
        )
        try:
            waiting = self._assign(consumer, topics)
            while waiting is None and not self._stop.wait(_RETRY_SECONDS):
                waiting = self._assign(consumer, topics)
            self._follow(consumer, topics, waiting or set())
        finally:
            consumer.close()

    def _assign(self, consumer: Consumer, wanted: dict[str, Feed]) -> set[tuple[str, int]] | None:
        """Start at the beginning of every topic and return the partitions, None while that is not possible."""
        try:
            topics = consumer.list_topics(timeout=_LIST_SECONDS).topics
        except KafkaException as error:
            self.warn(f"what is known of people can't be read yet: {error.args[0].str()}")
            return None
        missing = [topic for topic in wanted if topic not in topics]
        if missing:
            self.warn(f"what is known of people can't be read yet: there is no topic {missing[0]}")
            return None
        places = [(topic, partition) for topic in wanted for partition in topics[topic].partitions]
        consumer.assign([TopicPartition(*place, OFFSET_BEGINNING) for place in places])
        return set(places)

    def _follow(self, consumer: Consumer, topics: dict[str, Feed], waiting: set[tuple[str, int]]) -> None:
        while not self._stop.is_set():
            read: dict[str, list[Message]] = {}
            for message in consumer.consume(_MESSAGES, _POLL_SECONDS):
                error = message.error()
                if error is None:
                    read.setdefault(message.topic(), []).append(message)
                elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 -- confluent-kafka's public name for it
                    waiting.discard((message.topic(), message.partition()))
            for topic, messages in read.items():
                self.take(topics[topic], messages)
            if not waiting:
                self.ready.set()

    def take(self, feed: Feed, messages: Sequence[Message]) -> None:
        """Add what messages of one feed say."""
        columns, status = decode_batch(plan_of(feed), spans_of([message.value() or b"" for message in messages]))
        rule_of(feed).check(columns, status)
        keyed = keys_match(spans_of([message.key() or b"" for message in messages]), columns)
        logged_ms = np.array([message.timestamp()[1] for message in messages], np.int64)
        told_ms = judge(columns, status, keyed=keyed, logged_ms=logged_ms)
        sound = np.flatnonzero(status == OK)
        if refused := len(messages) - len(sound):
            first = messages[int(np.flatnonzero(status)[0])]
            where = f"{feed.topic}[{first.partition()}] offset {first.offset()}"
            self.warn(f"{refused} events say nothing of people, because they are refused; the first is at {where}")
        found = facts_of(feed, columns.take(sound), told_ms[sound])
        self._index.add(found.keys, found.facts, logged_ms=int(logged_ms.max()))
        self.taken += len(messages)
