"""Read one message as the Avro specification says, slowly and plainly: the truth about malformed bytes.

Written apart from the product's codec, so that a mistake there does not repeat itself here.
"""

from collections.abc import Iterator
from typing import Any

from schemas.enums import Reason
from schemas.kinds import Feed, avro_schema

_INT, _LONG = 31, 63
_LONGEST_VARINT_BYTES = 10


class Malformed(ValueError):
    """The bytes are no event of the feed; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.name)
        self.reason = reason


def read_message(feed: Feed, message: bytes | None) -> dict[str, int | bytes]:
    """Return the record of one message, enumerations and booleans as numbers, floats as their 4 bytes.

    Of a former version it has the fields that version has. Raise Malformed.
    """
    if not message:
        raise Malformed(Reason.EMPTY)
    if message[0] != 0:
        raise Malformed(Reason.BAD_MAGIC)
    if len(message) < 5:
        raise Malformed(Reason.TRUNCATED)
    former = {version.schema_id: version.avro for version in feed.history}
    avro = (former | {feed.schema_id: feed.avro}).get(int.from_bytes(message[1:5], "big"))
    if avro is None:
        raise Malformed(Reason.UNKNOWN_SCHEMA)
    rest = iter(message[5:])
    fields = avro_schema(avro)["fields"]
    record = {field["name"]: _read(rest, field) for field in fields}
    if next(rest, None) is not None:
        raise Malformed(Reason.TRAILING_BYTES)
    if not all(_is_utf8(record[field["name"]]) for field in fields if field["type"] == "string"):
        raise Malformed(Reason.BAD_TEXT)
    return record


def _is_utf8(text: int | bytes) -> bool:
    return isinstance(text, bytes) and text.decode(errors="ignore").encode() == text


def _read(rest: Iterator[int], field: dict[str, Any]) -> int | bytes:
    type_ = field["type"]
    name = type_ if isinstance(type_, str) else type_["type"]
    if name == "fixed":
        return _take(rest, type_["size"])
    if name == "float":
        return _take(rest, 4)
    if name == "boolean":
        value = _take(rest, 1)[0]
    else:
        value = _varint(rest)
        value = (value >> 1) ^ -(value & 1)
    if name in {"string", "bytes"}:
        return _text(rest, value, field["maxLength"])
    low, high = _bounds(name, type_)
    if not field.get("minimum", low) <= value <= field.get("maximum", high):
        raise Malformed(Reason.OUT_OF_RANGE)
    return value


def _text(rest: Iterator[int], length: int, most: int) -> bytes:
    if not 0 <= length <= most:
        raise Malformed(Reason.OUT_OF_RANGE)
    return _take(rest, length)


def _bounds(name: str, type_: Any) -> tuple[int, int]:
    if name == "boolean":
        return 0, 1
    if name == "enum":
        return 0, len(type_["symbols"]) - 1
    bits = _INT if name == "int" else _LONG
    return -(1 << bits), (1 << bits) - 1


def _take(rest: Iterator[int], count: int) -> bytes:
    taken = bytes(byte for _, byte in zip(range(count), rest, strict=False))
    if len(taken) < count:
        raise Malformed(Reason.TRUNCATED)
    return taken


def _varint(rest: Iterator[int]) -> int:
    value = 0
    for index in range(_LONGEST_VARINT_BYTES):
        byte = next(rest, None)
        if byte is None:
            raise Malformed(Reason.TRUNCATED)
        value |= (byte & 127) << (7 * index)
        if value >> 64 or (byte > 127 and index == _LONGEST_VARINT_BYTES - 1):
            raise Malformed(Reason.OUT_OF_RANGE)
        if byte < 128:
            return value
    raise Malformed(Reason.OUT_OF_RANGE)
