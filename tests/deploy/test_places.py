"""The register of places is imported whole or not at all, and wrong lines are named."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from confluent_kafka import Consumer, TopicPartition

from deploy.kafka.broker import Broker
from deploy.kafka.topics import create_topics
from deploy.kafka.wanted import wanted_topics
from deploy.places import publish_places, read_places
from deploy.user_error import UserError
from schemas.admin_units import communes
from schemas.kinds import PLACES
from schemas.wire import decode

_HEAD = "place_id,name,category,department,commune_code,capacity,mandate_ref\n"
_COMMUNE = communes()[0].code


def test_a_line_becomes_a_place_and_empty_cells_are_unknown() -> None:
    full, sparse = read_places([_HEAD, f"7,Chợ Đầm,market,SCT,{_COMMUNE},400,QĐ 1\n", "8, Quán ,,,,,\n"])
    assert full.key == b"7"
    assert full.fields["category"] == "MARKET"
    assert full.fields["commune_code"] == _COMMUNE
    assert sparse.fields == {
        "place_id": 8,
        "name": "Quán",
        "category": "UNKNOWN",
        "department": "UNKNOWN",
        "commune_code": 0,
        "capacity": 0,
        "mandate_ref": "",
    }


def test_optional_columns_may_be_missing() -> None:
    (place,) = read_places(["name,place_id\n", "Chợ,3\n"])
    assert place.fields["name"] == "Chợ"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("x,Chợ,,,,,", r"line 2: place_id is 'x', not a whole number"),
        ("0,Chợ,,,,,", "line 2: place_id must be at least 1"),
        ("9999999999,Chợ,,,,,", "line 2: place_id is '9999999999'"),
        ("1,,,,,,", "line 2: name is empty"),
        ("1,Chợ,CASINO,,,,", "line 2: category 'CASINO' is unknown; known are UNKNOWN, AGENCY_HQ"),
        ("1,Chợ,,,1,,", "line 2: commune_code 1 is no commune"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_imported(line: str, sentence: str) -> None:
    with pytest.raises(UserError, match=f"Nothing was imported: {sentence}"):
        read_places([_HEAD, line])


def test_missing_columns_are_named() -> None:
    with pytest.raises(UserError, match="missing: place_id"):
        read_places(["id,name\n", "1,Chợ\n"])


@pytest.mark.integration
def test_imported_places_are_in_the_reference_topic(kafka: Broker, unique_name: Callable[[str], str]) -> None:
    create_topics(kafka.bootstrap, [topic for topic in wanted_topics(partitions=1) if topic.name == PLACES.topic])
    consumer = Consumer({"bootstrap.servers": kafka.bootstrap, "group.id": unique_name("places"), "log_level": 0})
    _, end = consumer.get_watermark_offsets(TopicPartition(PLACES.topic, 0), timeout=10)
    now = datetime(2021, 8, 1, tzinfo=UTC)

    publish_places(kafka.bootstrap, read_places([_HEAD, "7,Chợ Đầm,MARKET,,,,\n"]), now=lambda: now)

    consumer.assign([TopicPartition(PLACES.topic, 0, end)])
    (message,) = consumer.consume(1, timeout=10)
    consumer.close()
    assert message.key() == b"7"
    kind, place = decode(message.value())
    assert (kind, place["name"], place["updated_at"]) == (PLACES, "Chợ Đầm", now)


@pytest.mark.integration
def test_a_topic_that_is_not_there_yet_is_an_error(
    kafka: Broker, unique_name: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.places.PLACES", replace(PLACES, topic=unique_name("places")))
    with pytest.raises(UserError, match=r"Kafka has no topic test_places_\w+ yet; run `scanstream migrate` first"):
        publish_places(kafka.bootstrap, read_places([_HEAD, "7,Chợ,,,,,\n"]), now=lambda: datetime.now(UTC))
