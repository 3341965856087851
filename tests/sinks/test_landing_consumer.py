"""A backlog of one feed holds up neither the threads nor the fetching of the quiet ones."""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from confluent_kafka import TopicPartition
from prometheus_client import CollectorRegistry

from schemas.kinds import CASE, VENUE
from sinks.config import SinkConfig
from sinks.fence import Fence, Permit
from sinks.landing_consumer import LandingConsumer
from sinks.ledger import LedgerRow
from sinks.ledger_flush import LedgerFlush
from sinks.memory_writer import MemoryWriter
from sinks.patience import Patience
from sinks.record import Record
from sinks.sink_metrics import SinkMetrics

_SECONDS = 20.0
_SCANS, _CASES = VENUE.landing_topic, CASE.landing_topic


@dataclass
class Message:
    """A message as the consumer hands it over."""

    name: str
    number: int

    def error(self) -> None:
        return None

    def topic(self) -> str:
        return self.name

    def partition(self) -> int:
        return 0

    def offset(self) -> int:
        return self.number

    def value(self) -> bytes:
        return bytes(1_000)

    def headers(self) -> None:
        return None


@dataclass
class Kafka:
    """A consumer that has messages of partitions that are not paused."""

    messages: list[Message] = field(default_factory=list)
    paused: set[str] = field(default_factory=set)
    assigned: list[TopicPartition] = field(default_factory=list)

    def assign(self, places: list[TopicPartition]) -> None:
        self.assigned = places

    def assignment(self) -> list[TopicPartition]:
        return self.assigned

    def pause(self, places: list[TopicPartition]) -> None:
        self.paused |= {place.topic for place in places}

    def resume(self, places: list[TopicPartition]) -> None:
        self.paused -= {place.topic for place in places}

    def poll(self, _seconds: float) -> Message | None:
        for message in self.messages:
            if message.name not in self.paused:
                self.messages.remove(message)
                return message
        return None


@dataclass
class Work:
    """Work on a partition, done when it may be."""

    may: threading.Event
    done: list[int] = field(default_factory=list)
    most_records: int = 1
    waiting_from: int | None = None
    due: bool = False

    def start(self) -> int:
        return 0

    def work(self, records: Sequence[Record]) -> list[LedgerRow]:
        assert self.may.wait(_SECONDS)
        self.done += [record.offset for record in records]
        return []


@dataclass
class Rig:
    """A consumer of two partitions over fakes; the work on scans waits until `go`."""

    consumer: LandingConsumer
    kafka: Kafka
    scans: Work
    cases: Work
    go: threading.Event

    def turn(self) -> None:
        self.consumer._take(self.kafka)


@pytest.fixture
def rig() -> Iterator[Rig]:
    go, always = threading.Event(), threading.Event()
    always.set()
    works = {_SCANS: Work(go), _CASES: Work(always)}

    def make_work(topic: str, _partition: int, _patience: Patience) -> Work:
        return works[topic]

    metrics, fence = SinkMetrics(CollectorRegistry()), Fence(time.monotonic, _SECONDS)
    with (
        ThreadPoolExecutor(1) as pool,
        ThreadPoolExecutor(1) as quiet_pool,
        ThreadPoolExecutor(1) as ledger_thread,
    ):
        consumer = LandingConsumer(
            config=SinkConfig(kafka="", clickhouse_url="", queue_bytes=8_000),
            topics=[_SCANS, _CASES],
            make_work=make_work,
            flush=LedgerFlush(
                writer=MemoryWriter(),
                permit=Permit(fence),
                metrics=metrics,
                thread=ledger_thread,
                clock=time.monotonic,
                linger_seconds=0,
            ),
            fence=fence,
            pool=pool,
            quiet_pool=quiet_pool,
            quiet_topics=frozenset({_CASES}),
            metrics=metrics,
            stopping=threading.Event(),
            clock=time.monotonic,
            on_assigned=lambda _partitions: None,
        )
        kafka = Kafka()
        consumer._assigned(kafka, [TopicPartition(_SCANS, 0), TopicPartition(_CASES, 0)])
        yield Rig(consumer, kafka, works[_SCANS], works[_CASES], go)
        go.set()


def _until(rig: Rig, work: Work, count: int) -> None:
    deadline = time.monotonic() + _SECONDS
    while len(work.done) < count:
        assert time.monotonic() < deadline
        rig.turn()


def test_a_case_lands_while_scans_wait_for_the_store_and_are_fetched_no_more(rig: Rig) -> None:
    rig.kafka.messages = [Message(_SCANS, number) for number in range(10)]
    rig.turn()
    rig.kafka.messages = [Message(_SCANS, 10), Message(_CASES, 0)]
    _until(rig, rig.cases, 1)
    assert rig.kafka.paused == {_SCANS}
    assert rig.scans.done == []
    assert [message.name for message in rig.kafka.messages] == [_SCANS]


def test_scans_go_on_when_there_is_room_again(rig: Rig) -> None:
    rig.kafka.messages = [Message(_SCANS, number) for number in range(10)]
    rig.turn()
    rig.turn()
    assert rig.kafka.paused == {_SCANS}
    rig.kafka.messages = [Message(_SCANS, 10)]
    rig.go.set()
    _until(rig, rig.scans, 11)
    assert rig.scans.done == list(range(11))
    assert rig.kafka.paused == set()


def test_quiet_topics_are_held_back_too_when_they_are_too_many(rig: Rig) -> None:
    rig.cases.may.clear()
    rig.kafka.messages = [Message(_CASES, number) for number in range(3)]
    rig.turn()
    rig.turn()
    assert rig.kafka.paused == {_CASES}
    rig.cases.may.set()
    _until(rig, rig.cases, 3)
    rig.turn()
    assert rig.kafka.paused == set()
