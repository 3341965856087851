from datetime import datetime

import pyarrow as pa
import pytest

from schemas.enums import Category, Department, Flag, Reason, Stage, Verdict
from schemas.kinds import FEEDS, VENUE, Feed, avro_schema
from schemas.rows import REJECT_SCHEMA, derived_fields, row_schema, stored_fields

_CONSUMED = {"sent_at", "received_at", "offline", "declared_ahead"}
every_feed = pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)


@every_feed
def test_a_row_has_the_feeds_fields_then_the_derived_ones(feed: Feed) -> None:
    own = [field["name"] for field in avro_schema(feed.avro)["fields"] if field["name"] not in _CONSUMED]
    assert row_schema(feed).names == own + [name for name, _ in derived_fields(feed)]
    assert [name for name, _ in stored_fields(feed)] == own


@every_feed
def test_no_column_is_named_twice(feed: Feed) -> None:
    assert len(set(row_schema(feed).names)) == len(row_schema(feed))


@every_feed
def test_what_is_consumed_lives_on_as_skew_or_flag(feed: Feed) -> None:
    assert not _CONSUMED & set(row_schema(feed).names)
    assert "skew_ms" in row_schema(feed).names
    assert {"OFFLINE", "DECLARED_AHEAD"} <= {flag.name for flag in Flag}


def _bounds(type_: pa.DataType) -> tuple[int, int]:
    bits = type_.bit_width
    return (0, 2**bits - 1) if pa.types.is_unsigned_integer(type_) else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


@every_feed
def test_every_value_a_field_may_hold_fits_its_column(feed: Feed) -> None:
    for field in avro_schema(feed.avro)["fields"]:
        if field["name"] in _CONSUMED or not pa.types.is_integer(row_schema(feed).field(field["name"]).type):
            continue
        low, high = _bounds(row_schema(feed).field(field["name"]).type)
        if isinstance(field["type"], dict):
            assert len(field["type"]["symbols"]) - 1 <= high
        else:
            assert low <= field["minimum"] <= field["maximum"] <= high


@every_feed
def test_types_follow_from_avro(feed: Feed) -> None:
    expected = {"fixed": pa.binary(16), "float": pa.float32(), "boolean": pa.bool_(), "enum": pa.int8()}
    expected |= {"string": pa.binary(), "bytes": pa.binary()}
    for field in avro_schema(feed.avro)["fields"]:
        if field["name"] in _CONSUMED:
            continue
        name = field["type"] if isinstance(field["type"], str) else field["type"]["type"]
        found = row_schema(feed).field(field["name"]).type
        if isinstance(field["type"], dict) and field["type"].get("logicalType") == "timestamp-millis":
            assert found == pa.timestamp("ms", "UTC")
        elif name in expected:
            assert found == expected[name]


def test_derived_columns_hold_every_code() -> None:
    types = dict(derived_fields(VENUE))
    assert max(*Category, *Department, *Verdict) <= 127
    assert types["category"] == types["department"] == types["verdict"] == pa.int8()
    assert sum(Flag) <= _bounds(types["flags"])[1]


def test_a_dead_letter_keeps_key_value_place_and_reason() -> None:
    assert REJECT_SCHEMA.names == [
        "feed", "_partition", "_offset", "reason", "stage", "logged_at", "key", "value",
    ]  # fmt: skip
    assert max(*Reason, *Stage) <= 127


def test_times_of_rows_are_aware_utc() -> None:
    column = pa.array([0], row_schema(VENUE).field("event_time").type)
    assert column[0].as_py() == datetime.fromisoformat("1970-01-01T00:00:00+00:00")
