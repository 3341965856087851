"""A live load publishes in the background, ends early when it is told to, and hides no failure."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from deploy.kafka.broker import Broker
from deploy.kafka.topics import TopicSpec, create_topics
from loadtest.live import LiveLoad
from loadtest.offsets import CouldNotCheck, end_offsets
from loadtest.scenario import Scenario
from schemas.kinds import CHECKPOINT, VENUE, Feed
from tests.loadtest.scenarios import fleet, rough_scenario

pytestmark = pytest.mark.integration


@pytest.fixture(name="feeds")
def _feeds(kafka: Broker, unique_name: Callable[[str], str]) -> list[Feed]:
    """Return two feeds with topics of their own."""
    feeds = [replace(feed, topic=unique_name(feed.name)) for feed in (VENUE, CHECKPOINT)]
    create_topics(kafka.bootstrap, [TopicSpec(name=feed.topic, partitions=4) for feed in feeds])
    return feeds


def _scenario(feed: Feed, *, span_seconds: float = 0.5, events: int = 400) -> Scenario:
    scenario = rough_scenario(feed, events=events, start_ms=int(time.time() * 1_000))
    return replace(scenario, span_seconds=span_seconds)


def test_every_scenario_is_published_and_recorded(kafka: Broker, feeds: list[Feed]) -> None:
    load = LiveLoad(kafka.bootstrap, fleet(), [_scenario(feed) for feed in feeds])
    assert load.published == 0
    load.start()
    load.join()
    assert not load.running()
    assert load.published == 800
    for feed, run in zip(feeds, load.runs, strict=True):
        assert sum(end_offsets(kafka.bootstrap, feed.topic).values()) == len(run) == 400


def test_a_load_that_is_stopped_has_recorded_exactly_what_it_published(kafka: Broker, feeds: list[Feed]) -> None:
    endless = _scenario(feeds[0], span_seconds=3_600.0, events=1_800_000)
    load = LiveLoad(kafka.bootstrap, fleet(), [endless])
    load.start()
    _wait_until(lambda: load.published > 0)
    assert load.running()
    load.stop()
    load.join()
    assert load.published < endless.events
    assert sum(end_offsets(kafka.bootstrap, feeds[0].topic).values()) == load.published


def test_a_load_that_published_nothing_checks_nothing(kafka: Broker, feeds: list[Feed]) -> None:
    load = LiveLoad(kafka.bootstrap, fleet(), [_scenario(feeds[0])])
    load.stop()
    load.start()
    with pytest.raises(CouldNotCheck, match="nothing was published to test_venue_"):
        load.join()


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_somebody_elses_events_are_found(kafka: Broker, feeds: list[Feed]) -> None:
    first, second = (LiveLoad(kafka.bootstrap, fleet(), [_scenario(feeds[0])]) for _ in range(2))
    first.start()
    first.join()
    second.start()
    with pytest.raises(CouldNotCheck, match="does somebody else publish to this topic"):
        second.join()


def test_what_goes_wrong_in_the_background_reaches_who_waits(
    kafka: Broker, feeds: list[Feed], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_settings: object) -> None:
        raise CouldNotCheck("refused")

    monkeypatch.setattr("loadtest.live.publish_on_time", fail)
    load = LiveLoad(kafka.bootstrap, fleet(), [_scenario(feed) for feed in feeds])
    load.start()
    with pytest.raises(CouldNotCheck, match="refused"):
        load.join()
