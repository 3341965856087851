"""The wanted topics follow the table of kinds."""

from deploy.kafka.wanted import wanted_topics
from schemas.kinds import CASE, CORRECTION, DECISION, FEEDS, ISOLATION, LINK, LOCKDOWN, PASS, REFERENCES, VACCINATION

_DECIDED = (DECISION, LOCKDOWN, CORRECTION)


def test_a_landing_topic_has_its_sources_partitions_and_takes_large_messages() -> None:
    topics = {topic.name: topic for topic in wanted_topics(partitions=6)}
    for feed in FEEDS:
        raw, landing = topics[feed.topic], topics[feed.landing_topic]
        assert raw.partitions == landing.partitions == feed.partitions(6)
        assert landing.config["max.message.bytes"] == "33554432"
        assert int(landing.config["retention.ms"]) > int(raw.config["retention.ms"]) >= 259_200_000
        assert raw.config["message.timestamp.type"] == "LogAppendTime"


def test_what_workers_know_of_people_is_kept_as_long_as_late_scans_are_taken() -> None:
    topics = {topic.name: topic for topic in wanted_topics(partitions=6)}
    read_again = {feed.topic for feed in (CASE, ISOLATION, LINK, PASS, VACCINATION)}
    assert {name for name, topic in topics.items() if topic.config.get("retention.ms") == "2419200000"} == read_again
    others = {topics[feed.topic].config["retention.ms"] for feed in FEEDS if feed not in _DECIDED}
    assert others == {"259200000", "2419200000"}


def test_what_was_decided_on_areas_is_kept_for_years() -> None:
    topics = {topic.name: topic for topic in wanted_topics(partitions=6)}
    kept = {topics[feed.topic].config["retention.ms"] for feed in _DECIDED}
    assert kept == {str(3_650 * 86_400_000)}


def test_reference_topics_keep_the_latest_state_of_each_entity() -> None:
    topics = {topic.name: topic for topic in wanted_topics(partitions=6)}
    assert all(topics[reference.topic].config["cleanup.policy"] == "compact" for reference in REFERENCES)
    assert len(topics) == 2 * len(FEEDS) + len(REFERENCES)
