"""Read an Avro object container from a client we don't trust.

A container brings its own schema, and a schema can ask for far more memory than the container has bytes. So only flat
records are read, uncompressed (the body as a whole may be compressed), and no more of them than asked for.
"""

import io
from collections.abc import Mapping
from typing import Any, NamedTuple

import fastavro

_FLAT = frozenset({"int", "long", "float", "double", "boolean", "string", "bytes", "enum", "fixed"})
# What fastavro raises over broken bytes or schemas.
_BROKEN = (
    fastavro.schema.SchemaParseException,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    OverflowError,
    RecursionError,
    AttributeError,
    MemoryError,
)


class Container(NamedTuple):
    """What a container holds: the name of its record type, and the records with timestamps as integers."""

    record_name: str
    records: list[dict[str, Any]]


def read_container(container: bytes, *, max_records: int) -> Container:
    """Return what the container holds; at most `max_records` + 1 of its records are read.

    Raise ValueError with what is wrong, in words that quote nothing of the container.
    """
    blocks = _opened(container)
    schema = _flat(blocks.writer_schema)
    records: list[dict[str, Any]] = []
    try:
        for block in blocks:
            for _ in range(min(block.num_records, max_records + 1 - len(records))):
                records.append(fastavro.schemaless_reader(block.bytes_, schema, None))  # noqa: PERF401 -- bounded
    except _BROKEN as error:
        raise ValueError("a block is broken") from error
    return Container(schema["name"], records)


def _opened(container: bytes) -> Any:
    try:
        blocks = fastavro.block_reader(io.BytesIO(container))
    except _BROKEN as error:
        raise ValueError("its header or schema is broken") from error
    if blocks.codec != "null":
        raise ValueError("its codec must be null; compress the body with Content-Encoding instead")
    return blocks


def _flat(schema: Any) -> Any:
    """Return the schema without logical types, whose conversion could fail over one record and lose all others."""
    if not isinstance(schema, dict) or schema.get("type") != "record":
        raise ValueError("its schema must be a record")
    fields = [{"name": field["name"], "type": _flat_type(field["type"])} for field in schema["fields"]]
    return fastavro.parse_schema({"type": "record", "name": schema["name"], "fields": fields})


def _flat_type(type_: Any) -> Any:
    name = type_["type"] if isinstance(type_, dict) else type_
    if isinstance(name, str) and name in _FLAT:
        return _without_logical_type(type_) if isinstance(type_, dict) else type_
    raise ValueError("its record must hold plain fields only: no union, array, map or record")


def _without_logical_type(type_: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in type_.items() if name != "logicalType"}
