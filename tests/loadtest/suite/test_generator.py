"""The generator's process publishes every event once, at its moment, and knows what became of it."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from deploy.kafka.broker import Broker
from deploy.kafka.topics import TopicSpec, create_topics
from loadtest.offsets import CouldNotCheck, end_offsets
from loadtest.profile import steady
from loadtest.scenario import Scenario
from loadtest.suite.generator import Generator
from loadtest.topic_log import read_topic
from schemas.kinds import VENUE, Feed
from tests.loadtest.fake_system import FakeSystem
from tests.loadtest.scenarios import ROUGH, fleet

pytestmark = pytest.mark.integration


@pytest.fixture(name="feed")
def _feed(kafka: Broker, unique_name: Callable[[str], str]) -> Feed:
    feed = replace(VENUE, topic=unique_name("venue"))
    spec = TopicSpec(name=feed.topic, partitions=4, config={"message.timestamp.type": "LogAppendTime"})
    create_topics(kafka.bootstrap, [spec])
    return feed


def _generator(kafka: Broker, feed: Feed, directory: Path, *, seconds: float = 1.0) -> Generator:
    profile = steady(rate=1_000.0, seconds=seconds)
    scenario = Scenario(
        events=profile.events,
        span_seconds=profile.seconds,
        profile=profile,
        start_ms=int(time.time() * 1_000),
        feed=feed,
        partitions=4,
        shares=ROUGH,
    )
    return Generator(FakeSystem(kafka=kafka.bootstrap), fleet(), scenario, directory)


def test_what_is_in_the_topic_is_what_the_generator_says(kafka: Broker, feed: Feed, tmp_path: Path) -> None:
    generator = _generator(kafka, feed, tmp_path)
    generator.prepare()
    start_ms = time.time() * 1_000 + 200
    generator.start(start_ms=start_ms)
    told = generator.join()
    ends = end_offsets(kafka.bootstrap, feed.topic)
    log = read_topic(kafka.bootstrap, feed, first_offsets={}, ends=ends)
    run = generator.run
    assert sum(ends.values()) == len(run) == told.events(generator.index) == 1_000
    for partition in ends:
        published, read = run.published.of_partition(partition), log.published.of_partition(partition)
        assert np.array_equal(published.scan_id[published.reason == 0], read.scan_id[read.reason == 0])
        assert np.array_equal(published.logged_ms, read.logged_ms)  # the broker's stamps, not an estimate
        assert np.all(generator.intended_ms[partition] >= start_ms)
    assert np.all(told.sent_us >= generator.index.due_us)


def test_a_generator_that_is_stopped_has_recorded_exactly_what_it_published(
    kafka: Broker, feed: Feed, tmp_path: Path
) -> None:
    generator = _generator(kafka, feed, tmp_path, seconds=30.0)
    generator.prepare()
    generator.start(start_ms=time.time() * 1_000)
    deadline = time.monotonic() + 60
    while not generator.acked:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    generator.stop()
    generator.join()
    assert 0 < sum(end_offsets(kafka.bootstrap, feed.topic).values()) == len(generator.run) < 30_000


def test_somebody_elses_events_are_found(kafka: Broker, feed: Feed, tmp_path: Path) -> None:
    first, second = (_generator(kafka, feed, tmp_path / name, seconds=0.1) for name in ("first", "second"))
    first.prepare()
    first.start(start_ms=time.time() * 1_000)
    first.join()
    second.prepare()
    second.start(start_ms=time.time() * 1_000)
    with pytest.raises(CouldNotCheck, match="does somebody else publish to this topic"):
        second.join()
