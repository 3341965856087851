from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.columns import Columns
from schemas.decode import decode_batch, spans_of
from schemas.encode import encode_batch
from schemas.kinds import FEEDS, Feed, avro_schema
from schemas.plan import TEXT_SPAN, plan_of
from schemas.wire import encode
from tests.schemas.samples import Record, records_of

every_feed = pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)


def _column(field: dict[str, Any], records: list[Record]) -> list[int]:
    values = [record[field["name"]] for record in records]
    if field["type"] == "float":
        bits: list[int] = np.array(values, np.float32).view(np.int32).tolist()
        return bits
    if isinstance(field["type"], dict) and field["type"]["type"] == "enum":
        return [field["type"]["symbols"].index(value) for value in values]
    return [int(value) for value in values]


def _columns(feed: Feed, records: list[Record]) -> Columns:
    texts = bytearray()
    columns = Columns.empty(plan_of(feed), len(records))
    for field in avro_schema(feed.avro)["fields"]:
        name = field["name"]
        if name in columns.plan.fixed:
            joined = b"".join(record[name] for record in records)
            columns.words(name)[:] = np.frombuffer(joined, np.uint64).reshape(-1, 2)
        elif field["type"] in ("string", "bytes"):
            columns.integer(name)[:] = [_appended(texts, record[name]) for record in records]
        else:
            columns.integer(name)[:] = _column(field, records)
    return replace(columns, texts=np.frombuffer(bytes(texts), np.uint8))


def _appended(texts: bytearray, value: str | bytes) -> int:
    data = value.encode() if isinstance(value, str) else value
    texts += data
    return (len(texts) - len(data)) * TEXT_SPAN + len(data)


@every_feed
@given(data=st.data())
def test_a_batch_is_byte_for_byte_what_fastavro_writes(feed: Feed, data: st.DataObject) -> None:
    records = data.draw(st.lists(records_of(feed), max_size=6))
    spans = encode_batch(_columns(feed, records))
    assert [spans.message(row) for row in range(len(spans))] == [encode(feed, record) for record in records]


@every_feed
@given(data=st.data())
def test_decoding_undoes_encoding(feed: Feed, data: st.DataObject) -> None:
    records = data.draw(st.lists(records_of(feed), min_size=1, max_size=6))
    columns, _ = decode_batch(plan_of(feed), spans_of([encode(feed, record) for record in records]))
    again, status = decode_batch(plan_of(feed), encode_batch(columns))
    assert not status.any()
    assert np.array_equal(again.integers, columns.integers)
    assert np.array_equal(again.fixed, columns.fixed)


def test_no_columns_are_no_messages() -> None:
    assert len(encode_batch(Columns.empty(plan_of(FEEDS[0]), 0))) == 0
