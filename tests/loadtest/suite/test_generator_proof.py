"""What a generator can do alone is told rate by rate, of events that are all in the topic."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.kafka.broker import Broker
from deploy.kafka.topics import TopicSpec, create_topics
from loadtest.offsets import end_offsets
from loadtest.suite.generator_proof import GeneratorProof
from loadtest.suite.view import SilentView
from schemas.kinds import VENUE
from tests.loadtest.fake_system import FakeSystem


@pytest.mark.integration
def test_each_rate_is_published_and_named_while_it_is_at_work(
    kafka: Broker, unique_name: Callable[[str], str], tmp_path: Path
) -> None:
    feed = replace(VENUE, topic=unique_name("venue"))
    create_topics(
        kafka.bootstrap, [TopicSpec(name=feed.topic, partitions=4, config={"message.timestamp.type": "LogAppendTime"})]
    )
    shown: list[str] = []
    system, view = FakeSystem(kafka=kafka.bootstrap), SilentView(shown.append)
    proof = GeneratorProof(system=system, partitions=4, seed=1, directory=tmp_path / "bytes", view=view, feed=feed)
    found = proof.run(rates=[1_000.0, 2_500.0], seconds=0.5, at_once_events=2_000)
    published = [*(each["events"] for each in found["rates"]), found["at_once"]["events"]]
    assert published == [500, 1_250, 2_000]
    warm_up = 500
    assert sum(end_offsets(kafka.bootstrap, feed.topic).values()) == warm_up + sum(published)
    assert all(each["generator_us_per_event"] > 0 for each in (*found["rates"], found["at_once"]))
    assert [line for line in shown if "preparing" not in line and "publishing" not in line] == [
        "warming up",
        "1,000 events/s",
        "2,500 events/s",
        "at once",
    ]
