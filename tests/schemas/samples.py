"""Hypothesis strategies for records of the feeds, and messages of them made by fastavro."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from schemas.kinds import Feed, avro_schema
from schemas.wire import encode

Record = dict[str, Any]
_TYPE_BITS = {"int": 31, "long": 63}


def values_of(field: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return values a field may hold, its bounds included."""
    type_ = field["type"]
    name = type_ if isinstance(type_, str) else type_["type"]
    if name in _TYPE_BITS:
        bound = 1 << _TYPE_BITS[name]
        return st.integers(field.get("minimum", -bound), field.get("maximum", bound - 1))
    choices: dict[str, Callable[[], st.SearchStrategy[Any]]] = {
        "enum": lambda: st.sampled_from(type_["symbols"]),
        "fixed": lambda: st.binary(min_size=type_["size"], max_size=type_["size"]),
        "boolean": st.booleans,
        "float": lambda: st.floats(width=32, allow_nan=False),
        "string": lambda: st.text(max_size=field["maxLength"] // 4),
        "bytes": lambda: st.binary(max_size=min(field["maxLength"], 200)),
    }
    return choices[name]()


def records_of(feed: Feed) -> st.SearchStrategy[Record]:
    """Return records of a feed as `wire.encode` takes them."""
    return st.fixed_dictionaries({field["name"]: values_of(field) for field in avro_schema(feed.avro)["fields"]})


def messages_of(feed: Feed) -> st.SearchStrategy[bytes]:
    """Return well-formed messages of a feed."""
    return records_of(feed).map(lambda record: encode(feed, record))


def plain_record(feed: Feed) -> Record:
    """Return a record of a feed with everything zero (or the least there is), the first symbol or False."""
    zeros: dict[str, Any] = {
        "int": 0,
        "long": 0,
        "boolean": False,
        "float": 0.0,
        "fixed": bytes(16),
        "string": "",
        "bytes": b"",
    }
    fields = avro_schema(feed.avro)["fields"]
    return {field["name"]: _zero(field["type"], zeros | {"int": max(0, field.get("minimum", 0))}) for field in fields}


def _zero(type_: Any, zeros: dict[str, Any]) -> Any:
    name = type_ if isinstance(type_, str) else type_["type"]
    return type_["symbols"][0] if name == "enum" else zeros[name]


@st.composite
def damaged(draw: st.DrawFn, messages: st.SearchStrategy[bytes]) -> bytes:
    """Return a message with a few bytes changed, cut off or added; sometimes anything at all."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=120))
    message = bytearray(draw(messages))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, max(0, len(message) - 1)))
        message[at : at + 1] = draw(st.binary(max_size=2))
    return bytes(message[: draw(st.one_of(st.just(len(message)), st.integers(0, len(message))))])
