"""The columns a landed row has: what Arrow blocks carry and the tables store.

A feed's own columns follow from its Avro schema, the derived ones are listed here. Times are UTC milliseconds.
"""

from functools import cache
from typing import Any

import pyarrow as pa

from schemas.kinds import Feed, avro_schema

#: Fields that are used on the way and not stored: they became `skew_ms` and bits of `flags`.
_CONSUMED = frozenset({"sent_at", "received_at", "offline", "declared_ahead"})

_INSTANT = pa.timestamp("ms", "UTC")
#: What an event is enriched by.
PLACE_FIELD, COMMUNE_FIELD, PASS_FIELD = "place_id", "commune_code", "pass_id"

#: Columns the worker adds to every event.
_OUTCOME: tuple[tuple[str, pa.DataType], ...] = (
    ("feed", pa.int8()),
    ("verdict", pa.int8()),
    ("rescan_of", pa.int64()),
    ("lateness", pa.int8()),
    ("flags", pa.uint16()),
    ("skew_ms", pa.int32()),
    ("logged_at", _INSTANT),
    ("_partition", pa.uint16()),
    ("_offset", pa.int64()),
)
#: Columns it adds to events that name a place, as of their time.
_OF_PLACE: tuple[tuple[str, pa.DataType], ...] = (
    ("category", pa.int8()),
    ("department", pa.int8()),
    ("commune", pa.uint16()),
)
#: Columns it adds to events that name a place or a commune.
_OF_AREA: tuple[tuple[str, pa.DataType], ...] = (
    ("district", pa.uint16()),
    ("province", pa.uint8()),
    ("risk_level", pa.uint8()),
    ("regime", pa.int8()),
)
#: Columns it adds to scans that may name a pass, as of their time.
_OF_PASS: tuple[tuple[str, pa.DataType], ...] = (("pass_status", pa.int8()), ("identity_match", pa.int8()))
#: Columns of a rejected event; `value` holds the original bytes.
REJECT_SCHEMA = pa.schema(
    [
        ("feed", pa.int8()),
        ("_partition", pa.uint16()),
        ("_offset", pa.int64()),
        ("reason", pa.int8()),
        ("stage", pa.int8()),
        ("logged_at", _INSTANT),
        ("key", pa.binary()),
        ("value", pa.binary()),
    ]
)

_INTEGERS = (pa.uint8(), pa.uint16(), pa.uint32(), pa.int8(), pa.int16(), pa.int32(), pa.int64())


def _bounds(type_: pa.DataType) -> tuple[int, int]:
    bits = type_.bit_width
    return (0, 2**bits - 1) if str(type_).startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def _narrowest(low: int, high: int) -> pa.DataType:
    for type_ in _INTEGERS:
        least, most = _bounds(type_)
        if least <= low and high <= most:
            return type_
    raise ValueError(f"no integer type holds {low} to {high}")


def _column_type(field: dict[str, Any]) -> pa.DataType:
    type_ = field["type"]
    name = type_ if isinstance(type_, str) else type_["type"]
    if isinstance(type_, dict) and type_.get("logicalType") == "timestamp-millis":
        return _INSTANT
    if name in {"int", "long"}:
        bits = 31 if name == "int" else 63
        return _narrowest(field.get("minimum", -(2**bits)), field.get("maximum", 2**bits - 1))
    return {
        "enum": pa.int8(),
        "fixed": pa.binary(16),
        "float": pa.float32(),
        "boolean": pa.bool_(),
        "string": pa.binary(),
        "bytes": pa.binary(),
    }[name]


@cache
def stored_fields(feed: Feed) -> tuple[tuple[str, pa.DataType], ...]:
    """Return name and Arrow type of the feed's own stored columns, in the schema's order."""
    fields = avro_schema(feed.avro)["fields"]
    return tuple((field["name"], _column_type(field)) for field in fields if field["name"] not in _CONSUMED)


@cache
def derived_fields(feed: Feed) -> tuple[tuple[str, pa.DataType], ...]:
    """Return name and Arrow type of the columns the worker adds to the feed's own."""
    own = {field["name"] for field in avro_schema(feed.avro)["fields"]}
    of_place = _OF_PLACE if PLACE_FIELD in own else ()
    of_area = _OF_AREA if own & {PLACE_FIELD, COMMUNE_FIELD} else ()
    of_pass = _OF_PASS if has_pass_status(feed) else ()
    return (*_OUTCOME, *of_place, *of_area, *of_pass)


@cache
def has_pass_status(feed: Feed) -> bool:
    """Tell whether the feed's events are scans that may name a movement pass."""
    return {PLACE_FIELD, PASS_FIELD} <= {field["name"] for field in avro_schema(feed.avro)["fields"]}


@cache
def row_schema(feed: Feed) -> pa.Schema:
    """Return the Arrow schema of the feed's landed rows: its own columns, then the derived ones.

    `event_time` is the corrected time; the device's own is ``event_time - skew_ms``. `rescan_of` is the `_offset`
    of the accepted row (same feed and partition) a re-scan repeats, else -1.
    """
    return pa.schema([*stored_fields(feed), *derived_fields(feed)])
