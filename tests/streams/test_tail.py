import asyncio
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from confluent_kafka import Producer
from faust.types import TP
from hypothesis import given
from hypothesis import strategies as st

from deploy.kafka.broker import Broker
from deploy.kafka.topics import TopicSpec, create_topics
from schemas.enums import Verdict
from schemas.kinds import VENUE
from schemas.landing import LandingMessage
from streams.tail import TailReader, oldest_needed_ms
from streams.window.rules import BUCKET_MS, FUTURE_MS, MINUTE_MS, WindowRules
from streams.window.state import WindowState
from tests.schemas.landing import Outcome, message_of
from tests.streams.window.events import START_MS

_RULES = WindowRules(rescan_ms=VENUE.rescan_window_ms)
_SECONDS = 30.0


@given(st.integers(0, 1 << 42), st.integers(BUCKET_MS, 60 * MINUTE_MS))
def test_what_is_needed_begins_before_any_event_of_a_live_bucket_could_be_logged(
    watermark_ms: int, horizon_ms: int
) -> None:
    rules = WindowRules(rescan_ms=BUCKET_MS, horizon_ms=horizon_ms)
    state = WindowState(rules, watermark_ms=watermark_ms)
    assert oldest_needed_ms(watermark_ms=watermark_ms, rules=rules) == state.oldest_ms - FUTURE_MS
    assert oldest_needed_ms(watermark_ms=watermark_ms, rules=rules) <= watermark_ms - horizon_ms


def _logged(last_ms: int, *, minutes: int) -> list[tuple[int, LandingMessage]]:
    """Return one landing message a minute with its broker time; the watermark is that time."""
    found = []
    for number in range(minutes):
        logged_ms = last_ms - (minutes - 1 - number) * MINUTE_MS
        message = message_of([Outcome(Verdict.ACCEPTED)], first=number)
        found.append((logged_ms, replace(message, watermark_ms=logged_ms)))
    return found


def _append(bootstrap: str, topic: str, partition: int, logged: list[tuple[int, LandingMessage]]) -> None:
    producer = Producer({"bootstrap.servers": bootstrap})
    for logged_ms, message in logged:
        producer.produce(topic, message.value, message.key, partition, timestamp=logged_ms, headers=message.headers())
    assert producer.flush(_SECONDS) == 0


@pytest.fixture
async def log(kafka: Broker, unique_name: Callable[[str], str]) -> str:
    """Return a landing topic of three partitions whose records have the producer's time, and stay however old it is."""
    name = unique_name("landing")
    config = {"message.timestamp.type": "CreateTime", "retention.ms": "-1"}
    spec = TopicSpec(name=name, partitions=3, config=config)
    await asyncio.to_thread(create_topics, kafka.bootstrap, [spec])
    return name


def _reader(kafka: Broker) -> TailReader:
    return TailReader(kafka.bootstrap, 1 << 20)


async def _read(kafka: Broker, *partitions: TP) -> dict[TP, list[int]]:
    """Return the first source offset of each message read, by partition."""
    found: dict[TP, list[int]] = {}
    async for tp, message in _reader(kafka).read(partitions, rules=_RULES):
        found.setdefault(tp, []).append(message.first)
    return found


@pytest.mark.integration
async def test_only_the_tail_that_the_windows_need_is_read(kafka: Broker, log: str) -> None:
    logged = _logged(START_MS, minutes=60)
    assert all(one[0] < other[0] for one, other in pairwise(logged))
    await asyncio.to_thread(_append, kafka.bootstrap, log, 0, logged)
    await asyncio.to_thread(_append, kafka.bootstrap, log, 1, logged[:1])
    needed = oldest_needed_ms(watermark_ms=START_MS, rules=_RULES)
    assert await _read(kafka, TP(log, 0), TP(log, 1), TP(log, 2)) == {
        TP(log, 0): [offset for offset, (logged_ms, _) in enumerate(logged) if logged_ms >= needed],
        TP(log, 1): [0],
    }


@pytest.mark.integration
async def test_a_log_whose_events_are_newer_than_its_messages_is_read_from_the_last(kafka: Broker, log: str) -> None:
    logged_ms, message = _logged(START_MS, minutes=1)[0]
    ahead = [replace(message, first=number, last=number, watermark_ms=logged_ms + 60 * MINUTE_MS) for number in (1, 2)]
    await asyncio.to_thread(_append, kafka.bootstrap, log, 0, [(logged_ms, message) for message in ahead])
    assert await _read(kafka, TP(log, 0)) == {TP(log, 0): [2]}


@pytest.mark.integration
async def test_a_last_message_with_rows_to_be_checked_is_understood(kafka: Broker, log: str) -> None:
    message = message_of([Outcome(Verdict.ACCEPTED), Outcome(Verdict.ACCEPTED, late=True, checked=True)])
    assert message.unsettled
    await asyncio.to_thread(_append, kafka.bootstrap, log, 0, [(START_MS, replace(message, watermark_ms=START_MS))])
    assert await _read(kafka, TP(log, 0)) == {TP(log, 0): [message.first]}


@pytest.mark.integration
async def test_ends_are_behind_the_last_message(kafka: Broker, log: str) -> None:
    await asyncio.to_thread(_append, kafka.bootstrap, log, 1, _logged(START_MS, minutes=3))
    assert await _reader(kafka).ends([TP(log, 0), TP(log, 1)]) == {TP(log, 0): 0, TP(log, 1): 3}


async def test_no_partitions_need_no_broker() -> None:
    reader = TailReader("127.0.0.1:1", 1)
    assert await reader.ends([]) == {}
    assert [message async for message in reader.read([], rules=_RULES)] == []
