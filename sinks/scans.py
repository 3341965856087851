"""The few columns of events that decisions about retries and re-scans need, as arrays."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas.enums import Verdict
from schemas.kinds import Feed
from schemas.window_fields import window_fields

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]

#: Columns `Scans.of` reads. Feeds have the first five under names of their own (`schemas.window_fields`).
COLUMNS = ("scan_id", "subject", "place_id", "device_id", "direction", "event_time", "skew_ms", "verdict", "_offset")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scans:
    """Landed scans of one feed and partition, in any order.

    `scan_id` and `subject` are 16-byte identities as two words each, shape (n, 2); `event_ms` is corrected event
    time, `device_ms` the device's own.
    """

    offset: Ints
    scan_id: Words
    subject: Words
    place_id: Ints
    device_id: Ints
    direction: Ints
    event_ms: Ints
    device_ms: Ints
    accepted: Bools

    @classmethod
    def of(cls, table: pa.Table) -> Self:
        """Return the scans of a table that has COLUMNS, as in `schemas.rows.row_schema`."""
        event_ms = _ints(table["event_time"])
        return cls(
            offset=_ints(table["_offset"]),
            scan_id=_words(table["scan_id"]),
            subject=_words(table["subject"]),
            place_id=_ints(table["place_id"]),
            device_id=_ints(table["device_id"]),
            direction=_ints(table["direction"]),
            event_ms=event_ms,
            device_ms=event_ms - _ints(table["skew_ms"]),
            accepted=_ints(table["verdict"]) == int(Verdict.ACCEPTED),
        )

    @classmethod
    def of_feed(cls, table: pa.Table, feed: Feed) -> Self:
        """Return the events of a table in `row_schema(feed)`."""
        return cls.of(as_scans(table, feed))

    @classmethod
    def join(cls, *parts: Self) -> Self:
        """Return all of them, one after the other."""
        return cls(
            **{field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)}
        )

    def __len__(self) -> int:
        return len(self.offset)

    def take(self, chosen: Bools | Ints) -> "Scans":
        """Return the scans a mask or indices choose."""
        return Scans(**{field.name: getattr(self, field.name)[chosen] for field in fields(self)})


def as_scans(table: pa.Table, feed: Feed) -> pa.Table:
    """Return the COLUMNS of a table of the feed's rows; what the feed does not have is zero."""
    fields, zeros = window_fields(feed), pa.array(np.zeros(table.num_rows, np.int64))
    names = {name: fields.get(name, name) for name in COLUMNS}
    return pa.table({name: zeros if field is None else table[field] for name, field in names.items()})


def _ints(column: pa.ChunkedArray) -> Ints:
    values: Ints = pc.cast(column, pa.int64()).to_numpy().astype(np.int64, copy=False)
    return values


def _words(column: pa.ChunkedArray) -> Words:
    parts = [_chunk_words(chunk) for chunk in column.chunks]
    return np.concatenate(parts) if parts else np.empty((0, 2), np.uint64)


def _chunk_words(chunk: pa.Array) -> Words:
    data = chunk.buffers()[1]
    start, count = chunk.offset * 2, len(chunk) * 2
    return np.frombuffer(data, "<u8", count=start + count)[start:].reshape(-1, 2)
