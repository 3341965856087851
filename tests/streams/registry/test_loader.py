import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from confluent_kafka import KafkaError, KafkaException, Producer, TopicPartition

from deploy.kafka.broker import Broker
from deploy.kafka.topics import create_topics
from deploy.kafka.wanted import wanted_topics
from schemas.kinds import AREAS, CORRECTION, DECISION, DEVICES, PLACES, REFERENCES, VENUE, Reference
from schemas.wire import encode
from streams.registry.enrich import decided
from streams.registry.loader import RegistryLoader
from tests.schemas.samples import plain_record
from tests.streams.correction_messages import correction
from tests.streams.registry.records import area, decision, device, place
from tests.waiting import until

_SECONDS = 30.0


@dataclass
class Message:
    """A Kafka message as the loader reads it."""

    kind: Reference
    key_bytes: bytes | None
    value_bytes: bytes | None

    def topic(self) -> str:
        return self.kind.topic

    def key(self) -> bytes | None:
        return self.key_bytes

    def value(self) -> bytes | None:
        return self.value_bytes

    def partition(self) -> int:
        return 0

    def offset(self) -> int:
        return 5


def _taken(*messages: Message) -> tuple[RegistryLoader, list[str]]:
    warnings: list[str] = []
    loader = RegistryLoader("nowhere:1", warnings.append)
    changed: set[str] = set()
    for message in messages:
        loader._take(message, changed)
    loader._publish(changed)
    return loader, warnings


def test_the_latest_record_of_an_entity_counts_and_a_tombstone_removes_it() -> None:
    loader, warnings = _taken(
        Message(PLACES, b"1", encode(PLACES, place(1, commune=5))),
        Message(PLACES, b"1", encode(PLACES, place(1, commune=6))),
        Message(PLACES, b"2", encode(PLACES, place(2))),
        Message(PLACES, b"2", None),
        Message(PLACES, b"3", None),
        Message(AREAS, b"5", encode(AREAS, area(5, risk=[(100, 2)]))),
        Message(DEVICES, b"7", encode(DEVICES, device(7))),
    )
    assert warnings == []
    assert loader.snapshot.places.commune.tolist() == [6, 0]
    assert loader.snapshot.areas.level.tolist() == [2]
    assert len(loader.snapshot.devices) == 1


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        (Message(PLACES, b"1", b""), "shorter than the five bytes"),
        (Message(PLACES, b"1", encode(AREAS, area(1))), "a record of kind area does not belong there"),
        (Message(PLACES, b"1", encode(VENUE, plain_record(VENUE))), "a record of kind venue does not belong there"),
        (Message(PLACES, b"one", encode(PLACES, place(1))), "invalid literal for int"),
        (Message(PLACES, None, encode(PLACES, place(1))), "int"),
        (Message(PLACES, b"2", encode(PLACES, place(1))), "its key is 2, its place_id is 1"),
        (Message(PLACES, b"9" * 30, encode(PLACES, place(1))), "its place_id is 1"),
        (Message(PLACES, b"1", encode(PLACES, place(1, commune=65_536))), "commune_code 65536 is not between 0 and"),
        (Message(PLACES, b"1", encode(PLACES, place(1, commune=-1))), "commune_code -1 is not between 0 and 65535"),
        (Message(AREAS, b"1", encode(AREAS, area(1, district=70_000))), "district_code 70000 is not between"),
        (Message(AREAS, b"1", encode(AREAS, area(1, province=256))), "province_code 256 is not between 0 and 255"),
        (Message(AREAS, b"1", encode(AREAS, area(1, risk=[(0, 256)]))), "level 256 is not between 0 and 255"),
    ],
)
def test_a_malformed_record_is_reported_and_changes_nothing(message: Message, complaint: str) -> None:
    good = Message(message.kind, b"1", encode(message.kind, place(1) if message.kind is PLACES else area(1)))
    loader, warnings = _taken(good, message)
    (warning,) = warnings
    assert warning.startswith(f"{message.kind.topic}[0] offset 5 is skipped: ")
    assert complaint in warning
    assert len(loader.snapshot.places) + len(loader.snapshot.areas) == 1


def test_changes_in_quick_succession_are_published_together() -> None:
    # When publishing begins, and twice when it has ended: it takes two seconds.
    moments = [100.0, 102.0, 102.0, 121.9, 122.1, 122.2, 122.2]
    loader = RegistryLoader("nowhere:1", lambda _warning: None, clock=lambda: moments.pop(0))
    changed: set[str] = set()

    def publish(place_id: int) -> int:
        loader._take(Message(PLACES, str(place_id).encode(), encode(PLACES, place(place_id))), changed)
        loader._publish_in_time(changed)
        return len(loader.snapshot.places)

    assert [publish(1), publish(2), publish(3)] == [1, 1, 3]
    assert (changed, moments) == (set(), [])


@dataclass
class Metadata:
    """What a broker says of its topics."""

    topics: dict[str, Any]


@dataclass
class Topic:
    """A topic of one partition."""

    partitions: tuple[int, ...] = (0,)


class SlowBroker:
    """A consumer whose broker does not answer at first, then misses a topic, then has every one, empty."""

    def __init__(self, _settings: object) -> None:
        names = [*(kind.topic for kind in REFERENCES), DECISION.topic, CORRECTION.topic]
        self.answers: list[list[str] | None] = [None, names[:-1], names]
        self.assigned: list[TopicPartition] = []
        self.closed = False

    def list_topics(self, **_timeout: float) -> Metadata:
        names = self.answers.pop(0)
        if names is None:
            raise KafkaException(KafkaError(KafkaError._ALL_BROKERS_DOWN, "no broker answers"))
        return Metadata({name: Topic() for name in names})

    def assign(self, places: list[TopicPartition]) -> None:
        self.assigned = places

    def consume(self, *_limits: float) -> list["EndOfPartition"]:
        return [EndOfPartition(place.topic) for place in self.assigned]

    def close(self) -> None:
        self.closed = True


@dataclass
class EndOfPartition:
    """What a consumer yields at the end of a partition."""

    name: str

    def topic(self) -> str:
        return self.name

    def partition(self) -> int:
        return 0

    def error(self) -> KafkaError:
        return KafkaError(KafkaError._PARTITION_EOF)


def test_a_loader_waits_for_kafka_and_for_its_topics(monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[str] = []
    monkeypatch.setattr("streams.follow._RETRY_SECONDS", 0.0)
    monkeypatch.setattr("streams.follow.Consumer", SlowBroker)
    loader = RegistryLoader("nowhere:1", warnings.append)
    loader.start()
    assert loader.ready.wait(_SECONDS)
    loader.stop()
    assert warnings == [
        "the registry can't be read yet: no broker answers",
        "the registry can't be read yet: there is no topic corrections.v1",
    ]


def test_a_loader_that_waits_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.follow.Consumer", SlowBroker)
    loader = RegistryLoader("nowhere:1", lambda _warning: None)
    loader.start()
    loader.stop()
    assert not loader.ready.is_set()


@pytest.fixture(scope="module")
def reference_topics(kafka: Broker) -> Broker:
    """Return the broker with the topics the registry follows."""
    names = {*(kind.topic for kind in REFERENCES), DECISION.topic, CORRECTION.topic}
    create_topics(kafka.bootstrap, [spec for spec in wanted_topics(partitions=1) if spec.name in names])
    return kafka


@pytest.fixture
def publish(reference_topics: Broker) -> Callable[[Reference, int, bytes | None], None]:
    """Return a function that stores one reference record."""
    producer = Producer({"bootstrap.servers": reference_topics.bootstrap})

    def store(kind: Reference, identity: int, value: bytes | None) -> None:
        producer.produce(kind.topic, value, str(identity))
        assert producer.flush(_SECONDS) == 0

    return store


@pytest.fixture
def loader(reference_topics: Broker) -> Iterator[RegistryLoader]:
    """Return a loader on the broker, not started; stopped at the end."""
    loader = RegistryLoader(reference_topics.bootstrap, lambda _warning: None)
    yield loader
    loader.stop()


@pytest.mark.integration
def test_a_loader_is_ready_with_what_there_was_and_follows_what_comes(
    loader: RegistryLoader, publish: Callable[[Reference, int, bytes | None], None]
) -> None:
    # Other tests use the topics too: identities of this one are its own.
    known, later, removed = 1_900_000_001, 1_900_000_002, 1_900_000_003
    publish(PLACES, known, encode(PLACES, place(known)))
    publish(PLACES, removed, encode(PLACES, place(removed)))
    publish(DEVICES, known, encode(DEVICES, device(known)))
    loader.start()
    assert loader.ready.wait(_SECONDS)

    def row(place_id: int) -> int:
        return int(loader.snapshot.places.index.rows(np.array([place_id]))[0])

    assert row(known) >= 0
    assert row(later) == -1
    publish(PLACES, later, encode(PLACES, place(later)))
    publish(PLACES, removed, None)
    until(lambda: row(later) >= 0 and row(removed) == -1)
    assert row(known) >= 0


@pytest.mark.integration
def test_a_loader_hears_decisions_once_and_no_more_of_one_that_is_withdrawn(
    loader: RegistryLoader, publish: Callable[[Reference, int, bytes | None], None], reference_topics: Broker
) -> None:
    # Of a province no other test has.
    code, province, now_ms = 65_001, 94, round(time.time() * 1000)
    publish(AREAS, code, encode(AREAS, area(code, district=65_000, province=province)))
    one = decision(1, about="REGIME", level="PROVINCE", area_code=province, regime="CT16", at_ms=now_ms)
    producer = Producer({"bootstrap.servers": reference_topics.bootstrap})
    for _ in range(2):
        producer.produce(DECISION.topic, encode(DECISION, one), one["subject"])
    producer.produce(DECISION.topic, b"no decision", one["subject"])
    assert producer.flush(_SECONDS) == 0
    loader.start()
    assert loader.ready.wait(_SECONDS)
    row = loader.snapshot.areas.index.rows(np.array([code]))
    assert [column.tolist() for column in decided(loader.snapshot.areas, row, np.array([now_ms]))] == [[0], [3]]
    assert len(loader._decisions) == 1
    mistaken = correction(b"c" * 16, one["event_id"], subject=one["subject"], at_ms=now_ms)
    producer.produce(CORRECTION.topic, mistaken.value(), mistaken.key())
    assert producer.flush(_SECONDS) == 0

    def in_force() -> list[list[int]]:
        return [column.tolist() for column in decided(loader.snapshot.areas, row, np.array([now_ms]))]

    until(lambda: in_force() == [[0], [0]])
