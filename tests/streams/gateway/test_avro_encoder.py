"""The compiled encoder writes what the reference encoder writes, byte for byte."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import wire
from schemas.kinds import FEEDS, Feed, avro_schema
from streams.gateway.avro_encoder import encoder_of, varint


def _values(field: dict[str, Any]) -> st.SearchStrategy[Any]:
    type_ = field["type"]
    kind = type_ if isinstance(type_, str) else type_["type"]
    if kind == "enum":
        return st.sampled_from(type_["symbols"])
    if kind in ("int", "long"):
        return st.integers(field["minimum"], field["maximum"])
    return {
        "fixed": st.binary(min_size=16, max_size=16),
        "boolean": st.booleans(),
        "float": st.floats(width=32, allow_nan=False),
        "string": st.text(max_size=100),
        "bytes": st.binary(max_size=300),
    }[kind]


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
@given(data=st.data())
def test_every_record_is_encoded_as_fastavro_does(feed: Feed, data: st.DataObject) -> None:
    record = {field["name"]: data.draw(_values(field)) for field in avro_schema(feed.avro)["fields"]}

    assert encoder_of(feed).encode(list(record.values())) == wire.encode(feed, record)


@given(number=st.integers(-(1 << 63), (1 << 63) - 1))
def test_a_varint_reads_back_as_its_number(number: int) -> None:
    raw = 0
    for position, byte in enumerate(varint(number)):
        raw |= (byte & 0x7F) << 7 * position

    assert (raw >> 1) ^ -(raw & 1) == number


@pytest.mark.parametrize(
    ("number", "encoded"),
    [
        (0, b"\x00"),
        (-1, b"\x01"),
        (1, b"\x02"),
        (63, b"\x7e"),
        (64, b"\x80\x01"),
        (-64, b"\x7f"),
        (8192, b"\x80\x80\x01"),
    ],
)
def test_varints_at_the_edges_of_their_lengths(number: int, encoded: bytes) -> None:
    assert varint(number) == encoded
