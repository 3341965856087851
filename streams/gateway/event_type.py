"""Build the type a feed's JSON events are decoded into, from the feed's Avro schema."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from schemas.kinds import Feed, avro_schema

_MAX_FLOAT32 = 3.4028234663852886e38
_MAX_IDENTITY_LENGTH = 64
# The longest plates have eleven characters; twice that leaves room for blanks and marks between all of them.
_MAX_PLATE_LENGTH = 24

# Fields a device must always give. The others have a neutral value: 0, false, or the schema's default symbol.
REQUIRED = frozenset({"scan_id", "place_id", "direction", "event_time"})
# The gateway fills these in where the event leaves them out.
FILLED = frozenset({"subject", "token_kind", "key_version", "device_id", "sent_at"})
# Enumerations where an unknown symbol becomes the schema's default instead of a rejection.
OPEN_ENUMERATIONS = frozenset({"source_app"})

AwareTime = Annotated[datetime, msgspec.Meta(tz=True)]
Hex16 = Annotated[str, msgspec.Meta(min_length=32, max_length=36)]
Plate = Annotated[str, msgspec.Meta(min_length=1, max_length=_MAX_PLATE_LENGTH)]


class Identity(msgspec.Struct, frozen=True, gc=False):
    """A raw identity as a device read it. It must not outlive the parsing of its event, and never shows in `repr`."""

    kind: Literal["CCCD", "CMND", "PASSPORT", "QID", "BHYT", "PHONE"]
    number: Annotated[str, msgspec.Meta(min_length=1, max_length=_MAX_IDENTITY_LENGTH)]

    def __repr__(self) -> str:
        return f"Identity(kind={self.kind!r}, number=…)"


def event_type(feed: Feed) -> type[msgspec.Struct]:
    """Return a struct with the schema's fields in the schema's order, then what is raw: `identity`, and `plate`.

    `plate` is there only if the schema has a `vehicle`. The tag is `feed`: another feed's name is an error, none is
    fine. `received_at` takes anything, for the gateway overwrites it. Fields of `FILLED` are None when left out.
    Unknown fields are ignored. No value shows in `repr`.
    """
    fields = avro_schema(feed.avro)["fields"]
    raw: list[tuple[str, Any, None]] = [("identity", Identity | None, None)]
    if any(field["name"] == "vehicle" for field in fields):
        raw.append(("plate", Plate | None, None))
    return msgspec.defstruct(
        "Event",
        [*map(_struct_field, fields), *raw],
        namespace={"__repr__": lambda _: f"Event({feed.name}, …)"},
        kw_only=True,
        gc=False,
        tag_field="feed",
        tag=feed.name,
    )


def symbols_of(feed: Feed, field_name: str) -> tuple[str, ...]:
    """Return the symbols a field of `feed` may hold; empty if it isn't a closed enumeration."""
    for field in avro_schema(feed.avro)["fields"]:
        if field["name"] == field_name and _kind(field["type"]) == "enum" and field_name not in OPEN_ENUMERATIONS:
            return tuple(field["type"]["symbols"])
    return ()


def _struct_field(field: Mapping[str, Any]) -> tuple[str, Any] | tuple[str, Any, Any]:
    name, type_ = field["name"], _value_type(field)
    if name == "received_at":
        return name, Any, None
    if name in FILLED:
        return name, type_ | None, None
    default = _neutral(field["type"])
    return (name, type_) if name in REQUIRED or default is None else (name, type_, default)


def _value_type(field: Mapping[str, Any]) -> Any:
    type_ = field["type"]
    kind = _kind(type_)
    if kind == "enum":
        return str if field["name"] in OPEN_ENUMERATIONS else Literal[tuple(type_["symbols"])]
    if kind in ("int", "long"):
        integer = Annotated[int, msgspec.Meta(ge=field["minimum"], le=field["maximum"])]
        return AwareTime | integer if isinstance(type_, dict) else integer
    return {
        "fixed": Hex16,
        "boolean": bool,
        "float": Annotated[float, msgspec.Meta(ge=-_MAX_FLOAT32, le=_MAX_FLOAT32)],
    }[kind]


def _neutral(type_: Any) -> Any:
    """Return the value of a field that was left out; None where there is no neutral one."""
    kind = _kind(type_)
    if kind == "enum":
        return type_.get("default")
    return {"fixed": "0" * 32, "boolean": False, "float": 0.0}.get(kind, 0)


def _kind(type_: Any) -> str:
    name: str = type_ if isinstance(type_, str) else type_["type"]
    return name
