"""Publishing to the real broker: everything arrives, in order, and the broker's offsets say so."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from confluent_kafka import Consumer, TopicPartition

from deploy.kafka.broker import Broker
from deploy.kafka.topics import TopicSpec, create_topics
from loadtest.generate import Workload
from loadtest.offsets import CouldNotCheck, end_offsets
from loadtest.produce import Publisher, publish_fast, publish_on_time
from loadtest.run import Run
from schemas.kinds import VENUE
from tests.loadtest.scenarios import fleet, rough_scenario

pytestmark = pytest.mark.integration
_Message = tuple[bytes | None, bytes | None]


@pytest.fixture(name="topic")
def _topic(kafka: Broker, unique_name: Callable[[str], str]) -> str:
    name = unique_name("raw")
    create_topics(kafka.bootstrap, [TopicSpec(name=name, partitions=4)])
    return name


def _workload(topic: str, *, start_ms: int) -> Workload:
    feed = replace(VENUE, topic=topic)
    return Workload(replace(rough_scenario(feed, start_ms=start_ms), span_seconds=1.5), fleet())


def _read(bootstrap: str, topic: str, partition: int, count: int) -> Iterator[_Message]:
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": topic, "enable.auto.commit": False})
    consumer.assign([TopicPartition(topic, partition, 0)])
    while count:
        for message in consumer.consume(count, timeout=10):
            assert message.error() is None
            yield message.key(), message.value()
            count -= 1
    consumer.close()


def test_everything_arrives_in_order(kafka: Broker, topic: str) -> None:
    workload = _workload(topic, start_ms=0)
    run = Run(workload, end_offsets(kafka.bootstrap, topic))
    publish_fast(Publisher(kafka.bootstrap, topic), workload.chunks(events=900), on_chunk=run.note)
    run.require_published(kafka.bootstrap)
    (whole,) = workload.chunks(events=len(workload))
    for partition, end in end_offsets(kafka.bootstrap, topic).items():
        rows = (whole.partitions == partition).nonzero()[0].tolist()
        sent = [(whole.keys[row], whole.values[row]) for row in rows]
        assert list(_read(kafka.bootstrap, topic, partition, end)) == sent


def test_events_are_published_at_their_intended_times(kafka: Broker, topic: str) -> None:
    start_ms = int(time.time() * 1_000) + 200
    workload = _workload(topic, start_ms=start_ms)
    run = Run(workload, end_offsets(kafka.bootstrap, topic))
    publish_on_time(
        Publisher(kafka.bootstrap, topic), workload.chunks(events=900), start_ms=start_ms, on_chunk=run.note
    )
    run.require_published(kafka.bootstrap)
    took_ms = time.time() * 1_000 - start_ms
    assert 1_400 < took_ms < 5_000


def test_somebody_elses_event_makes_the_run_impossible_to_check(kafka: Broker, topic: str) -> None:
    workload = _workload(topic, start_ms=0)
    run = Run(workload, end_offsets(kafka.bootstrap, topic))
    publisher = Publisher(kafka.bootstrap, topic)
    publish_fast(publisher, workload.chunks(), on_chunk=run.note)
    publisher.publish([b"stranger"], [b"unknown"], np.array([2]))
    publisher.flush()
    with pytest.raises(CouldNotCheck, match="2: "):
        run.require_published(kafka.bootstrap)


def test_a_fault_of_the_generator_reaches_who_publishes(kafka: Broker, topic: str) -> None:
    def broken() -> Iterator[object]:
        yield from ()
        raise ValueError("no more events")

    with pytest.raises(ValueError, match="no more events"):
        publish_fast(Publisher(kafka.bootstrap, topic), broken())  # type: ignore[arg-type]  # it never yields
