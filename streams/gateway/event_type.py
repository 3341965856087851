"""Build the type a feed's JSON events are decoded into, from the feed's Avro schema."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from schemas.kinds import Feed, avro_schema

_MAX_FLOAT32 = 3.4028234663852886e38
_MAX_IDENTITY_LENGTH = 64
# The longest plates have eleven characters; twice that leaves room for blanks and marks between all of them.
_MAX_PLATE_LENGTH = 24
_MAX_CONTACT_LENGTH = 500
_NO_ID = "0" * 32

# The gateway fills these in where the event leaves them out. Of the others an event must give those without a default.
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


ContactText = Annotated[str, msgspec.Meta(max_length=_MAX_CONTACT_LENGTH)]


class SentContact(msgspec.Struct, frozen=True, gc=False):
    """How to reach the person of the event. As an identity, it must not outlive what is done with its event."""

    name: ContactText = ""
    phone: ContactText = ""
    address: ContactText = ""

    def __repr__(self) -> str:
        return "SentContact(…)"


def event_type(feed: Feed) -> type[msgspec.Struct]:
    """Return a struct with the schema's fields in the schema's order, then what is raw: `identity`, `plate`, others.

    `identity` is there for feeds about people, `plate` if the schema has a `vehicle`, the identities that other fields
    name as their `raw` form, and `contact` where the feed takes one. The tag is `feed`: another feed's name is an
    error, none is fine. `received_at` takes anything, for the gateway overwrites it. Fields of `FILLED` are None when
    left out, others at the schema's default. Unknown fields are ignored. No value shows in `repr`.
    """
    fields = avro_schema(feed.avro)["fields"]
    return msgspec.defstruct(
        "Event",
        [*map(_struct_field, fields), *_raw_fields(fields), *_contact_field(feed)],
        namespace={"__repr__": lambda _: f"Event({feed.name}, …)"},
        kw_only=True,
        gc=False,
        tag_field="feed",
        tag=feed.name,
    )


def _raw_fields(fields: Sequence[Mapping[str, Any]]) -> list[tuple[str, Any, None]]:
    names = {field["name"] for field in fields}
    raw: list[tuple[str, Any, None]] = [("identity", Identity | None, None)] if "token_kind" in names else []
    if "vehicle" in names:
        raw.append(("plate", Plate | None, None))
    return raw + [(field["raw"], Identity | None, None) for field in fields if "raw" in field]


def _contact_field(feed: Feed) -> list[tuple[str, Any, None]]:
    return [("contact", SentContact | None, None)] if feed.contact else []


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
    if "default" not in field:
        return name, type_
    return name, type_, _NO_ID if _kind(field["type"]) == "fixed" else field["default"]


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
        "string": Annotated[str, msgspec.Meta(max_length=field.get("maxLength", 0))],
        "bytes": Annotated[bytes, msgspec.Meta(max_length=field.get("maxLength", 0))],
        "boolean": bool,
        "float": Annotated[float, msgspec.Meta(ge=-_MAX_FLOAT32, le=_MAX_FLOAT32)],
    }[kind]


def _kind(type_: Any) -> str:
    name: str = type_ if isinstance(type_, str) else type_["type"]
    return name
