"""The loader tells the index what the pipeline takes, and nothing of what it refuses."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from confluent_kafka import Producer

from deploy.kafka.broker import Broker
from deploy.kafka.topics import TopicSpec, create_topics
from schemas.enums import Flag
from schemas.kinds import CASE, CHECKPOINT, FEEDS, ISOLATION, LINK, PASS, VACCINATION, VENUE, Feed
from schemas.report_enums import CaseStatus
from schemas.wire import encode
from streams.people.facts import STATUS_FEEDS
from streams.people.loader import PeopleLoader
from streams.people.lookup import add_flags
from streams.window.rules import DAY_MS, FUTURE_MS, VERY_LATE_MS
from tests.schemas.samples import plain_record
from tests.streams.people.events import START_MS, identity, record_of
from tests.streams.people.oracle import Case, Dose
from tests.waiting import until

_SECONDS = 30.0


def _case(subject: int = 1, **change: object) -> bytes:
    case = Case(
        subject=subject,
        thing=1,
        told=START_MS,
        status=CaseStatus.CONFIRMED,
        infectious_from=0,
        infectious_until=0,
    )
    return encode(CASE, record_of(case) | change)


@dataclass
class Message:
    """A Kafka message as the loader reads it."""

    key_bytes: bytes | None
    value_bytes: bytes | None
    logged_ms: int = START_MS

    def key(self) -> bytes | None:
        return self.key_bytes

    def value(self) -> bytes | None:
        return self.value_bytes

    def timestamp(self) -> tuple[int, int]:
        return 2, self.logged_ms

    def partition(self) -> int:
        return 3

    def offset(self) -> int:
        return 40


def _flags(loader: PeopleLoader, subject: int, when: int = START_MS) -> int:
    flags = np.zeros(1, np.uint16)
    words = np.frombuffer(identity(subject), "<u8").reshape(1, 2)
    add_flags(loader.people, subjects=words, event_ms=np.array([when]), flags=flags)
    return int(flags[0])


def _taken(*messages: Message, feed: Feed = CASE) -> tuple[PeopleLoader, list[str]]:
    warnings: list[str] = []
    loader = PeopleLoader("nowhere:1", FEEDS, warnings.append)
    loader.take(feed, messages)
    return loader, warnings


def test_the_feeds_that_say_something_of_people_are_followed() -> None:
    assert {feed.name for feed in (PASS, ISOLATION, CASE, VACCINATION, LINK)} == STATUS_FEEDS


def test_a_case_is_known_from_then_on() -> None:
    loader, warnings = _taken(Message(identity(1), _case()), Message(identity(2), _case(2)))
    assert (warnings, loader.taken, loader.people.known) == ([], 2, 2)
    assert [_flags(loader, subject) for subject in (1, 2, 3)] == [Flag.CASE, Flag.CASE, 0]


@pytest.mark.parametrize(
    "refused",
    [
        Message(identity(2), None),
        Message(identity(2), b""),
        Message(identity(2), _case(2)[:-1]),
        Message(identity(2), encode(VENUE, plain_record(VENUE))),
        Message(identity(1), _case(2)),
        Message(None, _case(2)),
        Message(identity(2), _case(2, event_id=bytes(16))),
        Message(identity(2), _case(2, case_id=bytes(16))),
        Message(identity(2), _case(2), logged_ms=START_MS + VERY_LATE_MS + 1),
        Message(identity(2), _case(2), logged_ms=START_MS - FUTURE_MS - 1),
        Message(identity(2), _case(2, received_at=START_MS + DAY_MS + 1), logged_ms=START_MS + DAY_MS + 1),
    ],
)
def test_what_is_refused_says_nothing_and_its_neighbours_do(refused: Message) -> None:
    loader, warnings = _taken(refused, Message(identity(1), _case()))
    assert [_flags(loader, subject) for subject in (1, 2)] == [Flag.CASE, 0]
    assert warnings == [
        "1 events say nothing of people, because they are refused; the first is at cases.v1[3] offset 40"
    ]


def test_the_senders_clock_is_corrected() -> None:
    hour = DAY_MS // 24
    loader, _ = _taken(Message(identity(1), _case(received_at=START_MS + hour), logged_ms=START_MS + hour))
    assert [_flags(loader, 1, when) for when in (START_MS + hour - 1, START_MS + hour)] == [0, Flag.CASE]


def test_without_such_a_feed_there_is_nothing_to_wait_for() -> None:
    loader = PeopleLoader("nowhere:1", [VENUE, CHECKPOINT], lambda _warning: None)
    loader.start()
    assert loader.ready.wait(_SECONDS)
    loader.stop()


@pytest.fixture(scope="module")
def status_topics(kafka: Broker, unique_name: Callable[[str], str]) -> tuple[Broker, Sequence[Feed]]:
    """Return the broker with topics of the status feeds on it, but the last one's."""
    feeds = [replace(feed, topic=unique_name(feed.name)) for feed in (CASE, ISOLATION, VACCINATION)]
    create_topics(kafka.bootstrap, [TopicSpec(name=feed.topic, partitions=2) for feed in feeds[:-1]])
    return kafka, feeds


@pytest.fixture
def warnings() -> list[str]:
    """Return what the loader complains of."""
    return []


@pytest.fixture
def loader(
    status_topics: tuple[Broker, Sequence[Feed]], warnings: list[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[PeopleLoader]:
    """Return a loader on the broker, not started; stopped at the end."""
    monkeypatch.setattr("streams.follow._RETRY_SECONDS", 0.05)
    kafka, feeds = status_topics
    loader = PeopleLoader(kafka.bootstrap, [*feeds, VENUE], warnings.append)
    yield loader
    loader.stop()


@pytest.mark.integration
def test_a_loader_waits_for_its_topics_is_ready_with_what_there_was_and_follows_what_comes(
    loader: PeopleLoader, status_topics: tuple[Broker, Sequence[Feed]], warnings: list[str]
) -> None:
    kafka, (cases, _, doses) = status_topics
    now_ms = int(time.time() * 1000)
    producer = Producer({"bootstrap.servers": kafka.bootstrap})
    producer.produce(cases.topic, _case(1, event_time=now_ms, sent_at=now_ms), identity(1))
    assert producer.flush(_SECONDS) == 0
    loader.start()
    until(lambda: bool(warnings))
    assert not loader.ready.is_set()
    create_topics(kafka.bootstrap, [TopicSpec(name=doses.topic, partitions=1)])
    assert loader.ready.wait(_SECONDS)
    assert _flags(loader, 1, now_ms) == Flag.CASE
    dose = Dose(subject=2, told=now_ms, dose=2, given=now_ms)
    producer.produce(doses.topic, encode(VACCINATION, record_of(dose)), identity(2))
    assert producer.flush(_SECONDS) == 0
    until(lambda: _flags(loader, 2, now_ms) == Flag.VACCINATED | Flag.FULLY_VACCINATED)
    assert set(warnings) == {f"what is known of people can't be read yet: there is no topic {doses.topic}"}
