"""Decode scans as a Python user would: fastavro's compiled reader, one message at a time."""

import io
from typing import Any

import fastavro

from schemas.kinds import VENUE, avro_schema

Scan = dict[str, Any]

_HEADER_BYTES = 5
_NOT_SENT_ON = ("sent_at", "received_at", "offline")


class Decoder:
    """Decode Confluent-framed venue scans. Times stay UTC milliseconds: no `datetime` is made of them."""

    def __init__(self) -> None:
        self._header = b"\x00" + VENUE.schema_id.to_bytes(4, "big")
        self._schema = fastavro.parse_schema(_plain(avro_schema(VENUE.avro)))

    def __call__(self, value: bytes | None) -> Scan | None:
        """Return the fields a row has, or None for bytes that are no scan."""
        if not value or value[:_HEADER_BYTES] != self._header:
            return None
        body = io.BytesIO(value)
        body.seek(_HEADER_BYTES)
        try:
            scan: Scan = fastavro.schemaless_reader(body, self._schema, None)
        except (EOFError, IndexError, ValueError, OverflowError):
            return None
        for name in _NOT_SENT_ON:
            del scan[name]
        return scan if body.tell() == len(value) else None


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema without logical types."""
    fields = [
        {**field, "type": field["type"]["type"] if _is_time(field["type"]) else field["type"]}
        for field in schema["fields"]
    ]
    return {**schema, "fields": fields}


def _is_time(type_: object) -> bool:
    return isinstance(type_, dict) and "logicalType" in type_
