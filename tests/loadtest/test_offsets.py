"""End offsets are those of all partitions, also of a topic the broker is only just making."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from deploy.kafka.broker import Broker
from deploy.kafka.topics import TopicSpec, create_topics
from loadtest.offsets import end_offsets


@pytest.mark.integration
def test_a_topic_that_is_not_known_yet_is_waited_for(kafka: Broker, unique_name: Callable[[str], str]) -> None:
    topic = unique_name("venue")
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(end_offsets, kafka.bootstrap, topic)
        create_topics(kafka.bootstrap, [TopicSpec(name=topic, partitions=4, config={})])
        assert asked.result() == dict.fromkeys(range(4), 0)
