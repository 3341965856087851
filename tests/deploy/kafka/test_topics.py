"""Topics are created as described, as often as wanted, and never silently with other partitions."""

from collections.abc import Callable

import pytest
from confluent_kafka.admin import AdminClient, ConfigResource

from deploy.kafka.broker import Broker
from deploy.kafka.topics import TopicSpec, create_topics, require_topics
from deploy.user_error import UserError

pytestmark = pytest.mark.integration


def test_a_topic_gets_its_partitions_and_settings(kafka: Broker, unique_name: Callable[[str], str]) -> None:
    name = unique_name("topic")
    create_topics(kafka.bootstrap, [TopicSpec(name=name, partitions=3, config={"cleanup.policy": "compact"})])

    admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
    described = admin.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, name)])
    settings = next(iter(described.values())).result(10)
    assert settings["cleanup.policy"].value == "compact"
    assert len(admin.list_topics(name, timeout=10).topics[name].partitions) == 3


def test_creating_again_changes_nothing_and_says_so(kafka: Broker, unique_name: Callable[[str], str]) -> None:
    specs = [TopicSpec(name=unique_name("again"), partitions=1)]
    assert create_topics(kafka.bootstrap, specs) == [specs[0].name]
    assert create_topics(kafka.bootstrap, specs) == []


def test_another_number_of_partitions_is_refused(kafka: Broker, unique_name: Callable[[str], str]) -> None:
    name = unique_name("partitions")
    create_topics(kafka.bootstrap, [TopicSpec(name=name, partitions=2)])
    with pytest.raises(UserError, match="exists with 2 partitions, not 4"):
        create_topics(kafka.bootstrap, [TopicSpec(name=name, partitions=4)])


def test_an_unknown_setting_is_named(kafka: Broker, unique_name: Callable[[str], str]) -> None:
    spec = TopicSpec(name=unique_name("bad"), partitions=1, config={"retention.fortnights": "1"})
    with pytest.raises(UserError, match=r"retention\.fortnights"):
        create_topics(kafka.bootstrap, [spec])


def test_a_topic_that_is_needed_and_not_there_is_named(kafka: Broker, unique_name: Callable[[str], str]) -> None:
    there, missing = unique_name("there"), unique_name("missing")
    create_topics(kafka.bootstrap, [TopicSpec(name=there, partitions=1)])
    require_topics(kafka.bootstrap, [there])
    with pytest.raises(UserError, match=f"has no topic {missing} yet; run `scanstream migrate` first"):
        require_topics(kafka.bootstrap, [there, missing])
