"""Containers of flat records are read; those that could cost more than their bytes are not."""

import io
import json
from typing import Any

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.kinds import FEEDS, VENUE, Feed, avro_schema
from streams.gateway.avro_container import read_container
from tests.streams.gateway.samples import avro_record


def container(schema: Any, records: list[dict[str, Any]], codec: str = "null") -> bytes:
    """Return an Avro object container."""
    file = io.BytesIO()
    fastavro.writer(file, schema, records, codec=codec)
    return file.getvalue()


def _record_of(type_: Any) -> dict[str, Any]:
    return {"type": "record", "name": "R", "fields": [{"name": "x", "type": type_}]}


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_records_come_out_as_they_went_in(feed: Feed) -> None:
    records = [avro_record(feed) for _ in range(3)]

    name, read = read_container(container(avro_schema(feed.avro), records), max_records=10)

    assert name.endswith(avro_schema(feed.avro)["name"])
    assert read == [pytest.approx(record) for record in records]


def test_no_more_than_asked_for_and_one_are_read() -> None:
    records = [avro_record(VENUE) for _ in range(9)]

    assert len(read_container(container(avro_schema(VENUE.avro), records), max_records=5).records) == 6


@pytest.mark.parametrize(
    "schema",
    [
        "long",
        _record_of({"type": "array", "items": "null"}),
        _record_of({"type": "map", "values": "int"}),
        _record_of(["null", "int"]),
        _record_of("null"),
        _record_of(_record_of("int") | {"name": "Inner"}),
    ],
)
def test_a_schema_that_is_not_flat_is_refused(schema: Any) -> None:
    with pytest.raises(ValueError, match=r"its schema must be a record|plain fields only"):
        read_container(container(schema, []), max_records=5)


def test_a_packed_container_is_refused_because_it_could_unpack_into_anything() -> None:
    with pytest.raises(ValueError, match="its codec must be null"):
        read_container(container(_record_of("string"), [{"x": "a" * 1000}], codec="deflate"), max_records=5)


def test_a_time_out_of_range_does_not_harm_its_neighbours() -> None:
    schema = _record_of({"type": "long", "logicalType": "timestamp-millis"})

    records = [{"x": 1 << 62}, {"x": 5}]

    assert read_container(container(schema, records), max_records=5).records == records


def test_a_block_that_promises_a_sea_of_empty_records_is_read_no_further_than_allowed() -> None:
    empty = {"type": "record", "name": "Nothing", "fields": []}
    header = container(empty, [])[:-16]
    sync = container(empty, [])[-16:]
    head = _header(json.dumps(empty), sync)
    billions = b"\xfe\xff\xff\xff\xff\x3f"
    assert header.startswith(b"Obj\x01")

    assert len(read_container(head + billions + b"\x00" + sync, max_records=5).records) == 6


@given(data=st.data())
def test_any_damage_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray(container(avro_schema(VENUE.avro), [avro_record(VENUE)]))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    try:
        records = read_container(bytes(whole[:cut]), max_records=5).records
    except ValueError:
        return
    assert len(records) <= 6


def _header(schema: str, sync: bytes) -> bytes:
    def text(value: str) -> bytes:
        return fastavro_long(len(value)) + value.encode()

    return b"Obj\x01" + fastavro_long(1) + text("avro.schema") + text(schema) + b"\x00" + sync


def fastavro_long(number: int) -> bytes:
    """Return a non-negative number as an Avro long."""
    raw, encoded = number << 1, bytearray()
    while raw > 0x7F:
        encoded.append(raw & 0x7F | 0x80)
        raw >>= 7
    return bytes([*encoded, raw])
