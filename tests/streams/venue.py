"""One feed of scans of its own on the real broker: its topics, its workers, what went in and what came out."""

import sys
import time
import urllib.request
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, Message, Producer, TopicPartition

from deploy.kafka.broker import Broker
from deploy.kafka.topics import TopicSpec, create_topics
from deploy.kafka.wanted import wanted_topics
from deploy.local.child import Child, Program
from deploy.local.readiness import ready_line, says_ready
from schemas.kinds import CORRECTION, DECISION, REFERENCES, VENUE, Feed
from schemas.landing import LandingMessage
from schemas.wire import MalformedMessage, decode
from tests.streams.window.events import Event
from tests.waiting import until

SECONDS = 60.0
PARTITIONS = 4
_BROKER_TIME = {"message.timestamp.type": "LogAppendTime"}


@dataclass
class Venue:
    """A feed named `topic` with its landing log; the workers of one test share its group, and take `others`, too."""

    kafka: Broker
    topic: str
    directory: Path
    kind: Feed = VENUE
    others: Sequence[Feed] = ()
    workers: list[Child] = field(default_factory=list)

    @property
    def feed(self) -> Feed:
        """The feed of scans on this topic."""
        return replace(self.kind, topic=self.topic)

    def make_topics(self) -> None:
        """Create raw topics, landing logs and the reference topics."""
        large = {"max.message.bytes": str(32 << 20)}
        feeds = [self.feed, *self.others]
        references = {*(kind.topic for kind in REFERENCES), DECISION.topic, CORRECTION.topic}
        create_topics(
            self.kafka.bootstrap,
            [
                *(TopicSpec(name=feed.topic, partitions=PARTITIONS, config=_BROKER_TIME) for feed in feeds),
                *(
                    TopicSpec(name=feed.landing_topic, partitions=PARTITIONS, config=_BROKER_TIME | large)
                    for feed in feeds
                ),
                *(spec for spec in wanted_topics(partitions=1) if spec.name in references),
            ],
        )

    def start_worker(self) -> Child:
        """Start a worker and return when it is ready."""
        number = len(self.workers)
        topics = [f"{feed.name}={feed.topic}" for feed in (self.feed, *self.others)]
        arguments = [self.kafka.bootstrap, self.topic, str(self.directory / f"worker-{number}"), *topics]
        program = Program(
            name="worker",
            arguments=[sys.executable, "-m", "tests.streams.worker_process", *arguments],
            log_file=self.directory / f"worker-{number}.log",
            ready=says_ready,
            ready_seconds=SECONDS,
        )
        self.workers.append(Child(program))
        self.workers[-1].wait_ready()
        return self.workers[-1]

    def stop(self) -> None:
        """End every worker that still runs."""
        for worker in self.workers:
            worker.stop()

    def publish(
        self, messages: Iterable[tuple[bytes | None, bytes | None]], *, codec: str = "lz4", topic: str = ""
    ) -> None:
        """Store keys and values in the raw topic, or another, partitioned as every producer of ours does."""
        producer = Producer(
            {
                "bootstrap.servers": self.kafka.bootstrap,
                "partitioner": "murmur2_random",
                "compression.type": codec,
                "enable.idempotence": True,
            }
        )
        for key, value in messages:
            producer.produce(topic or self.topic, value, key)
        assert producer.flush(SECONDS) == 0

    def _records(self, topic: str) -> list[list[Message]]:
        """Return all records of a topic by partition, ordered by offset."""
        consumer = Consumer(
            {
                "bootstrap.servers": self.kafka.bootstrap,
                "group.id": "tests-reader",
                "enable.auto.commit": False,
                "fetch.wait.max.ms": 20,
            }
        )
        try:
            places = [TopicPartition(topic, partition, 0) for partition in range(PARTITIONS)]
            ends = [consumer.get_watermark_offsets(place, timeout=SECONDS)[1] for place in places]
            consumer.assign(places)
            return _read(consumer, count=sum(ends))
        finally:
            consumer.close()

    def raw(self) -> list[list[tuple[int, Event | None]]]:
        """Return by partition the raw offsets with the event at each, None where no event can be read."""
        return [[(_offset(record), _event(record)) for record in part] for part in self._records(self.topic)]

    def log(self) -> list[list[LandingMessage]]:
        """Return the landing log as it is, by partition."""
        return [
            [LandingMessage.parse(value=record.value(), headers=_headers(record)) for record in part]
            for part in self._records(self.feed.landing_topic)
        ]

    def until_landed(self) -> None:
        """Wait until the log covers everything in the raw topic."""
        wanted = [part[-1][0] if part else -1 for part in self.raw()]

        def covered() -> bool:
            return all(last < 0 or (log and log[-1].last >= last) for log, last in zip(self.log(), wanted, strict=True))

        until(covered, seconds=SECONDS)


def metric(worker: Child, name: str) -> float:
    """Return the sum of a metric's samples of a worker."""
    said = ready_line(worker)
    assert said is not None
    with urllib.request.urlopen(f"http://127.0.0.1:{said['metrics_port']}/metrics", timeout=SECONDS) as answer:
        text: str = answer.read().decode()
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name))


def _read(consumer: Consumer, *, count: int) -> list[list[Message]]:
    deadline, found = time.monotonic() + SECONDS, list[Message]()
    while len(found) < count:
        assert time.monotonic() < deadline, f"read {len(found)} of {count} records"
        read = consumer.consume(count - len(found), 1.0)
        found += [message for message in read if message.error() is None]
    return [[record for record in found if record.partition() == partition] for partition in range(PARTITIONS)]


def _offset(record: Message) -> int:
    offset: int | None = record.offset()
    assert offset is not None
    return offset


def _headers(record: Message) -> list[tuple[str, bytes]]:
    headers: Any = record.headers()
    return list(headers)


def _event(record: Message) -> Event | None:
    try:
        _, scan = decode(record.value() or b"")
    except MalformedMessage:
        return None
    return Event(
        scan=int.from_bytes(scan["scan_id"], "little"),
        person=int.from_bytes(scan["subject"], "little"),
        place=scan["place_id"],
        device=scan["device_id"],
        device_ms=round(scan["event_time"].timestamp() * 1000),
        logged_ms=record.timestamp()[1],
    )
