"""Encode and decode one message in the Confluent wire format, and choose its partition.

Wire format: byte 0, schema id as 4 bytes big-endian, Avro body. For whole fetched batches see `decode`.
"""

import io
import struct
from collections.abc import Mapping
from functools import cache
from typing import Any

import fastavro

from schemas.kinds import FEEDS, REFERENCES, Feed, Reference, avro_schema

_HEADER = struct.Struct(">bI")
HEADER_BYTES = _HEADER.size


class MalformedMessage(ValueError):
    """The bytes are not a message of ours; the text says what is wrong."""


@cache
def _parsed(avro: str) -> Any:
    return fastavro.parse_schema(avro_schema(avro))


@cache
def _by_id() -> dict[int, tuple[Feed | Reference, str]]:
    """Return the kind and the Avro file of each schema there is or was."""
    kinds: tuple[Feed | Reference, ...] = (*FEEDS, *REFERENCES)
    former = {version.schema_id: (kind, version.avro) for kind in kinds for version in kind.history}
    return former | {kind.schema_id: (kind, kind.avro) for kind in kinds}


def header(schema_id: int) -> bytes:
    """Return the five bytes in front of an Avro body."""
    return _HEADER.pack(0, schema_id)


def encode(kind: Feed | Reference, record: Mapping[str, Any]) -> bytes:
    """Return `record` as a message of `kind`.

    Timestamps are integers of milliseconds or aware datetimes; enumerations are symbol names; fixed fields are
    bytes of exact length. Raise ValueError or TypeError when a field is missing or of another type.
    """
    body = io.BytesIO()
    body.write(header(kind.schema_id))
    fastavro.schemaless_writer(body, _parsed(kind.avro), record, strict=True)
    return body.getvalue()


def decode(message: bytes) -> tuple[Feed | Reference, dict[str, Any]]:
    """Return the kind and the record of one message; raise MalformedMessage.

    A record of a former version has the fields of the present one; those it lacks are at their defaults.
    """
    if len(message) < HEADER_BYTES:
        raise MalformedMessage("shorter than the five bytes of the wire format's header")
    magic, schema_id = _HEADER.unpack_from(message)
    found = _by_id().get(schema_id)
    if magic != 0 or found is None:
        raise MalformedMessage(f"no schema of ours: first byte {magic}, schema id {schema_id}")
    kind, avro = found
    body = io.BytesIO(message)
    body.seek(HEADER_BYTES)
    try:
        record = fastavro.schemaless_reader(body, _parsed(avro), _parsed(kind.avro) if avro != kind.avro else None)
    except (EOFError, IndexError, ValueError, TypeError, OverflowError) as error:
        raise MalformedMessage(f"the Avro body of a {kind.name} can't be read: {error}") from error
    if body.tell() != len(message):
        raise MalformedMessage(f"{len(message) - body.tell()} bytes follow the Avro body")
    if not isinstance(record, dict):
        raise MalformedMessage("the Avro body is not a record")
    return kind, record


def murmur2(key: bytes) -> int:
    """Return Kafka's murmur2 hash of `key` as a signed 32-bit integer (org.apache.kafka.common.utils.Utils)."""
    mask, multiplier = 0xFFFFFFFF, 0x5BD1E995
    length = len(key)
    state = (0x9747B28C ^ length) & mask
    whole = length & ~3
    for start in range(0, whole, 4):
        word = int.from_bytes(key[start : start + 4], "little") * multiplier & mask
        word = (word ^ word >> 24) * multiplier & mask
        state = (state * multiplier & mask) ^ word
    if length > whole:
        state = (state ^ int.from_bytes(key[whole:], "little")) * multiplier & mask
    state = (state ^ state >> 13) * multiplier & mask
    state ^= state >> 15
    return state - (1 << 32) if state >= 1 << 31 else state


def partition_of(key: bytes, partitions: int) -> int:
    """Return the partition Java's default partitioner puts `key` in (librdkafka: ``murmur2_random``)."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions
