"""Write events as devices write them: the gateway's JSON."""

from typing import Any

from schemas.columns import Columns
from schemas.kinds import Feed, avro_schema

#: The gateway knows these better.
_NOT_SENT = frozenset({"received_at", "device_id"})


def json_events(feed: Feed, columns: Columns) -> list[dict[str, Any]]:
    """Return the events of `columns` as JSON objects, in order: enumerations by name, 16 bytes in hexadecimal."""
    fields = [field for field in avro_schema(feed.avro)["fields"] if field["name"] not in _NOT_SENT]
    names = [field["name"] for field in fields]
    values = [_values(columns, field) for field in fields]
    return [{"feed": feed.name, **dict(zip(names, row, strict=True))} for row in zip(*values, strict=True)]


def _values(columns: Columns, field: dict[str, Any]) -> list[Any]:
    name, type_ = field["name"], field["type"]
    kind = type_ if isinstance(type_, str) else type_["type"]
    if kind == "fixed":
        whole = columns.words(name).tobytes().hex()
        return [whole[at : at + 32] for at in range(0, len(whole), 32)]
    if kind == "float":
        return [float(value) for value in columns.float32(name)]
    numbers = columns.integer(name).tolist()
    if kind == "enum":
        return [type_["symbols"][number] for number in numbers]
    return [bool(number) for number in numbers] if kind == "boolean" else numbers
