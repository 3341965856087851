from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from confluent_kafka import Message, Producer
from hypothesis import given
from hypothesis import strategies as st

from deploy.kafka.broker import Broker
from deploy.kafka.topics import TopicSpec, create_topics
from schemas.kinds import AREAS, CHECKPOINT, DEVICES, FEEDS, PLACES, VENUE, Feed
from schemas.wire import HEADER_BYTES, MalformedMessage, decode, encode, header, murmur2, partition_of
from tests.schemas.samples import Record, damaged, messages_of, plain_record, records_of

_AREA = {
    "commune_code": 14_755,
    "district_code": 380,
    "province_code": 38,
    "name": "Phường Hàm Rồng",
    "risk": [{"valid_from": datetime(2021, 5, 4, tzinfo=UTC), "level": 3, "decision_ref": "QĐ 2686"}],
    "updated_at": datetime(2021, 5, 4, tzinfo=UTC),
}


def _numbers(record: Record) -> Record:
    """Return the record with instants as milliseconds, as `records_of` makes them."""
    return {
        name: round(value.timestamp() * 1000) if isinstance(value, datetime) else value
        for name, value in record.items()
    }


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
@given(data=st.data())
def test_what_is_encoded_is_decoded(feed: Feed, data: st.DataObject) -> None:
    record = data.draw(records_of(feed))
    kind, found = decode(encode(feed, record))
    assert kind is feed
    assert _numbers(found) == record


def test_a_reference_record_with_nested_records_comes_back() -> None:
    assert decode(encode(AREAS, _AREA)) == (AREAS, _AREA)


def test_a_message_starts_with_a_zero_and_its_schemas_number() -> None:
    message = encode(VENUE, plain_record(VENUE))
    assert message[:HEADER_BYTES] == header(201) == b"\0\0\0\0\xc9"


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        (b"", "shorter than the five bytes"),
        (b"\0\0\0", "shorter than the five bytes"),
        (b"\1" + header(101)[1:], "first byte 1, schema id 101"),
        (header(999), "first byte 0, schema id 999"),
        (header(101), "the Avro body of a venue can't be read"),
        (encode(VENUE, plain_record(VENUE))[:-1], "the Avro body of a venue can't be read"),
        (encode(VENUE, plain_record(VENUE)) + b"\0\0", "2 bytes follow the Avro body"),
    ],
)
def test_bytes_that_are_no_message_of_ours_are_refused_with_the_reason(message: bytes, complaint: str) -> None:
    with pytest.raises(MalformedMessage, match=complaint):
        decode(message)


@given(damaged(messages_of(CHECKPOINT)))
def test_damaged_bytes_are_read_or_refused_and_nothing_else(message: bytes) -> None:
    try:
        decode(message)
    except MalformedMessage:
        return


@given(st.sampled_from([PLACES, DEVICES, AREAS]), st.binary(max_size=60))
def test_any_bytes_behind_a_references_header_are_read_or_refused(kind: Any, body: bytes) -> None:
    try:
        decode(header(kind.schema_id) + body)
    except MalformedMessage:
        return


@pytest.mark.parametrize(
    ("change", "error"),
    [({"gate": "one"}, TypeError), ({"direction": "UP"}, ValueError), ({"scan_id": b"short"}, ValueError)],
)
def test_a_record_of_another_shape_is_not_encoded(change: Record, error: type[Exception]) -> None:
    with pytest.raises((error, ValueError)):
        encode(VENUE, plain_record(VENUE) | change)


def test_a_missing_field_is_not_encoded() -> None:
    record = plain_record(VENUE)
    del record["gate"]
    with pytest.raises(ValueError, match="gate"):
        encode(VENUE, record)


#: From org.apache.kafka.common.utils.UtilsTest.testMurmur2.
_KAFKAS_OWN = {
    b"21": -973932308,
    b"foobar": -790332482,
    b"a-little-bit-long-string": -985981536,
    b"a-little-bit-longer-string": -1486304829,
    b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
    b"abc": 479470107,
}


@pytest.mark.parametrize(("key", "expected"), _KAFKAS_OWN.items())
def test_murmur2_is_kafkas(key: bytes, expected: int) -> None:
    assert murmur2(key) == expected


@given(st.binary(max_size=64), st.integers(1, 1_000))
def test_every_key_has_a_partition(key: bytes, partitions: int) -> None:
    assert 0 <= partition_of(key, partitions) < partitions


def test_keys_spread_over_partitions() -> None:
    found = [partition_of(number.to_bytes(16, "big"), 8) for number in range(8_000)]
    assert all(800 < found.count(partition) < 1_200 for partition in range(8))


@pytest.mark.integration
def test_librdkafkas_murmur2_puts_a_key_where_we_say(kafka: Broker, unique_name: Callable[[str], str]) -> None:
    topic, placed = unique_name("keys"), dict[bytes, int]()
    create_topics(kafka.bootstrap, [TopicSpec(name=topic, partitions=7)])
    producer = Producer({"bootstrap.servers": kafka.bootstrap, "partitioner": "murmur2_random"})
    keys = {bytes(range(number, number + length)) for number in range(0, 200, 3) for length in (1, 2, 3, 4, 16, 37)}

    def note(_error: object, message: Message) -> None:
        key, partition = message.key(), message.partition()
        assert key is not None
        assert partition is not None
        placed[key] = partition

    for key in keys:
        producer.produce(topic, None, key, on_delivery=note)
    assert producer.flush(30) == 0
    assert placed == {key: partition_of(key, 7) for key in keys}
