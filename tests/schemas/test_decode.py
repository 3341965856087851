"""The batch decoder against the specification read slowly and against fastavro, on whole and on damaged bytes."""

from datetime import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtest.reference_decoder import Malformed, read_message
from schemas.columns import Columns
from schemas.decode import OK, Spans, decode_batch, spans_of
from schemas.enums import Reason
from schemas.kinds import FEEDS, VEHICLE, VENUE, Feed, avro_schema
from schemas.plan import plan_of
from schemas.wire import MalformedMessage, decode, encode, header
from tests.schemas.samples import damaged, messages_of, plain_record, records_of

_TEXTS = ("string", "bytes")
every_feed = pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)


def _row(columns: Columns, row: int) -> dict[str, Any]:
    """Return a row as the reference decoder gives it: numbers, and bytes for fixed fields and floats."""
    floats = {field["name"] for field in avro_schema(_feed(columns).avro)["fields"] if field["type"] == "float"}
    record: dict[str, Any] = {name: columns.words(name)[row].tobytes() for name in columns.plan.fixed}
    texts = {field["name"] for field in avro_schema(_feed(columns).avro)["fields"] if field["type"] in _TEXTS}
    for name in columns.plan.integers:
        if name in texts:
            record[name] = columns.text(name, np.array([row]))[0]
            continue
        value = columns.integer(name)[row]
        record[name] = value.astype(np.int32).tobytes() if name in floats else int(value)
    return record


def _feed(columns: Columns) -> Feed:
    return next(feed for feed in FEEDS if feed.schema_id == columns.plan.schema_id)


def _expected(feed: Feed, message: bytes) -> tuple[int, dict[str, Any]]:
    try:
        return OK, read_message(feed, message)
    except Malformed as malformed:
        return int(malformed.reason), {}


def _fastavro(feed: Feed, message: bytes) -> dict[str, Any] | None:
    try:
        kind, record = decode(message)
    except MalformedMessage:
        return None
    return record if kind is feed else None


def _as_fastavro(feed: Feed, columns: Columns, row: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in avro_schema(feed.avro)["fields"]:
        name, type_ = field["name"], field["type"]
        if name in columns.plan.fixed:
            found[name] = columns.words(name)[row].tobytes()
        elif type_ in _TEXTS:
            text = columns.text(name, np.array([row]))[0]
            found[name] = text.decode() if type_ == "string" else text
        elif type_ == "float":
            found[name] = float(columns.float32(name)[row])
        elif isinstance(type_, dict) and type_["type"] == "enum":
            found[name] = type_["symbols"][int(columns.integer(name)[row])]
        else:
            found[name] = int(columns.integer(name)[row])
    return found


def _comparable(record: dict[str, Any]) -> dict[str, Any]:
    """Return instants as milliseconds and floats as text, where nan equals nan."""
    return {
        name: round(value.timestamp() * 1000)
        if isinstance(value, datetime)
        else repr(value)
        if isinstance(value, float)
        else value
        for name, value in record.items()
    }


@every_feed
@given(data=st.data())
def test_whole_messages_become_rows_in_order(feed: Feed, data: st.DataObject) -> None:
    messages = [encode(feed, record) for record in data.draw(st.lists(records_of(feed), max_size=6))]
    columns, status = decode_batch(plan_of(feed), spans_of(messages))
    assert status.tolist() == [OK] * len(messages)
    for row, message in enumerate(messages):
        _, expected = decode(message)
        assert _comparable(_as_fastavro(feed, columns, row)) == _comparable(expected)


@every_feed
@given(data=st.data())
def test_any_bytes_have_the_specifications_outcome_and_leave_neighbours_whole(feed: Feed, data: st.DataObject) -> None:
    messages = data.draw(st.lists(damaged(messages_of(feed)), max_size=8))
    columns, status = decode_batch(plan_of(feed), spans_of(messages))
    for row, message in enumerate(messages):
        reason, record = _expected(feed, message)
        assert status[row] == reason
        if reason == OK:
            assert _row(columns, row) == record
        else:
            assert not columns.integers[:, row].any()
            assert not columns.fixed[:, row].any()


@every_feed
@given(data=st.data())
def test_fastavro_reads_the_same_and_what_it_reads_besides_is_out_of_bounds(feed: Feed, data: st.DataObject) -> None:
    message = data.draw(damaged(messages_of(feed)))
    columns, status = decode_batch(plan_of(feed), spans_of([message]))
    found = _fastavro(feed, message)
    if status[0] == OK:
        assert found is not None
        assert _comparable(_as_fastavro(feed, columns, 0)) == _comparable(found)
    else:
        assert found is None or status[0] == Reason.OUT_OF_RANGE


def _venue(**change: Any) -> bytes:
    return encode(VENUE, plain_record(VENUE) | change)


_WHOLE = _venue()
_NEGATIVE_ENUM = _WHOLE[:37] + b"\x01" + _WHOLE[38:]  # -1 in token_kind, the first field behind the two identities
_PAST_ENUM = _WHOLE[:37] + b"\x0e" + _WHOLE[38:]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (b"", Reason.EMPTY),
        (b"\x01", Reason.BAD_MAGIC),
        (b'{"scan_id": 1}', Reason.BAD_MAGIC),
        (b"\0\0\0", Reason.TRUNCATED),
        (header(102) + _WHOLE[5:], Reason.UNKNOWN_SCHEMA),
        (header(101), Reason.TRUNCATED),
        (_WHOLE[:20], Reason.TRUNCATED),
        (_WHOLE[:-1], Reason.TRUNCATED),
        (_WHOLE + b"\0", Reason.TRAILING_BYTES),
        (_WHOLE[:-1] + b"\x02", Reason.OUT_OF_RANGE),  # a boolean that is neither
        (_WHOLE[:-1] + b"\x81\0", Reason.OUT_OF_RANGE),  # a boolean is one byte and never goes on
        (_NEGATIVE_ENUM, Reason.OUT_OF_RANGE),
        (_PAST_ENUM, Reason.OUT_OF_RANGE),
        (_WHOLE[:38] + b"\x80" * 10 + b"\x01" + _WHOLE[39:], Reason.OUT_OF_RANGE),  # a varint beyond 64 bits
        (_venue(place_id=0)[:39] + b"\x01" + _venue()[40:], Reason.OUT_OF_RANGE),  # place_id -1
    ],
)
def test_a_malformed_message_has_its_reason(message: bytes, reason: Reason) -> None:
    _, status = decode_batch(plan_of(VENUE), spans_of([message]))
    assert Reason(int(status[0])) is reason


@every_feed
def test_every_integer_is_read_at_its_bounds_and_refused_beyond(feed: Feed) -> None:
    for field in avro_schema(feed.avro)["fields"]:
        if "minimum" not in field:
            continue
        tried = [field["minimum"], field["maximum"], field["maximum"] + 1, field["minimum"] - 1]
        messages = [_unbounded(feed, field["name"], value) for value in tried]
        columns, status = decode_batch(plan_of(feed), spans_of(messages))
        assert status.tolist() == [OK, OK, Reason.OUT_OF_RANGE, Reason.OUT_OF_RANGE], field["name"]
        assert columns.integer(field["name"])[:2].tolist() == tried[:2]


def _unbounded(feed: Feed, name: str, value: int) -> bytes:
    """Return a message with an integer field of any value: the field's zero is one byte, found by changing it."""
    least = plain_record(feed)[name]
    zero, one = (encode(feed, plain_record(feed) | {name: number}) for number in (least, least + 1))
    at = next(index for index, (a, b) in enumerate(zip(zero, one, strict=True)) if a != b)
    return zero[:at] + _zigzag(value) + zero[at + 1 :]


def _zigzag(value: int) -> bytes:
    raw = value << 1 if value >= 0 else (-value << 1) - 1
    out = bytearray()
    while raw >= 128:
        out.append(raw & 127 | 128)
        raw >>= 7
    return bytes([*out, raw])


def test_floats_keep_every_bit() -> None:
    values = [0.0, -0.0, 21.028511, float("inf"), float("-inf"), float("nan")]
    messages = [encode(VEHICLE, plain_record(VEHICLE) | {"latitude": value}) for value in values]
    columns, _ = decode_batch(plan_of(VEHICLE), spans_of(messages))
    assert columns.float32("latitude").tobytes() == np.array(values, np.float32).tobytes()


def test_a_tombstone_is_empty() -> None:
    spans = Spans(np.zeros(4, np.uint8), np.array([0]), np.array([-1]))
    _, status = decode_batch(plan_of(VENUE), spans)
    assert status.tolist() == [Reason.EMPTY]
    assert spans.message(0) == b""


def test_no_messages_are_no_rows() -> None:
    columns, status = decode_batch(plan_of(VENUE), spans_of([]))
    assert len(columns) == len(status) == 0


@given(st.lists(st.binary(max_size=9)))
def test_spans_give_back_what_was_laid_end_to_end(messages: list[bytes]) -> None:
    spans = spans_of(messages)
    assert [spans.message(index) for index in range(len(spans))] == messages
