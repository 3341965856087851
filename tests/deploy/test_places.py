"""Places that were accepted get into the reference topic."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from confluent_kafka import Consumer, TopicPartition

from deploy.kafka.broker import Broker
from deploy.kafka.topics import create_topics
from deploy.kafka.wanted import wanted_topics
from deploy.places import Place, publish_places
from deploy.user_error import UserError
from schemas.kinds import PLACES
from schemas.wire import decode

_MARKET = Place(
    {
        "place_id": 7,
        "name": "Chợ Đầm",
        "category": "MARKET",
        "department": "SCT",
        "commune_code": 0,
        "capacity": 0,
        "mandate_ref": "",
        "owner_unit": "",
        "owner_head_role": "",
    }
)


@pytest.mark.integration
def test_imported_places_are_in_the_reference_topic(kafka: Broker, unique_name: Callable[[str], str]) -> None:
    create_topics(kafka.bootstrap, [topic for topic in wanted_topics(partitions=1) if topic.name == PLACES.topic])
    consumer = Consumer({"bootstrap.servers": kafka.bootstrap, "group.id": unique_name("places"), "log_level": 0})
    _, end = consumer.get_watermark_offsets(TopicPartition(PLACES.topic, 0), timeout=10)
    now = datetime(2021, 8, 1, tzinfo=UTC)

    published: list[int] = []

    publish_places(kafka.bootstrap, [_MARKET], now=lambda: now, on_place=published.append)

    consumer.assign([TopicPartition(PLACES.topic, 0, end)])
    (message,) = consumer.consume(1, timeout=10)
    consumer.close()
    assert published == [1]
    assert message.key() == b"7"
    kind, place = decode(message.value())
    assert (kind, place["name"], place["updated_at"]) == (PLACES, "Chợ Đầm", now)


@pytest.mark.integration
def test_a_topic_that_is_not_there_yet_is_an_error(
    kafka: Broker, unique_name: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.places.PLACES", replace(PLACES, topic=unique_name("places")))
    with pytest.raises(UserError, match=r"has no topic test_places_\w+ yet; run `scanstream migrate` first"):
        publish_places(kafka.bootstrap, [_MARKET], now=lambda: datetime.now(UTC), on_place=int)
