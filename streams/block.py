"""Build the Arrow blocks of a landing message from columns, without copying more than once."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas.enums import Reason, Stage, Verdict
from schemas.kinds import Feed
from schemas.landing import encode_block
from schemas.rows import REJECT_SCHEMA, row_schema
from streams.transport.record_batch import Records
from streams.window.decide import Decisions

if TYPE_CHECKING:
    from streams.batch import Taken

Array = npt.NDArray[np.generic]
_DECODING = [*range(1, int(Reason.OUT_OF_RANGE) + 1), int(Reason.BAD_TEXT)]


def _arrow(type_: pa.DataType, values: Array) -> pa.Array:
    """Return `values`, converted to the column's width, as an Arrow array over the same memory."""
    if type_ == pa.bool_():
        return pa.array(values.astype(np.bool_))
    if type_ == pa.binary(16):
        width = np.ascontiguousarray(values)
    elif type_ == pa.timestamp("ms", "UTC"):
        width = np.ascontiguousarray(values, np.int64)
    else:
        width = np.ascontiguousarray(values, type_.to_pandas_dtype())
    return pa.Array.from_buffers(type_, len(values), [None, pa.py_buffer(width)])


def _derived(feed: Feed, taken: "Taken", *, partition: int) -> Mapping[str, Array]:
    decisions, enrichment, order = taken.decisions, taken.enrichment, taken.order
    count = len(order)
    return {
        "event_time": decisions.event_ms[order],
        "feed": np.full(count, feed.code, np.int8),
        "verdict": decisions.verdict[order],
        "rescan_of": decisions.rescan_of[order],
        "lateness": decisions.lateness[order],
        "flags": enrichment.flags,
        "skew_ms": decisions.skew_ms[order],
        "logged_at": taken.records.logged_ms[order],
        **enrichment.columns,
        "_partition": np.full(count, partition, np.uint16),
        "_offset": taken.records.offsets[order],
    }


def rows_blocks(feed: Feed, taken: "Taken", *, partition: int) -> tuple[bytes, bytes]:
    """Return the settled and the unsettled rows, each an Arrow IPC stream in `row_schema(feed)` or empty bytes."""
    if not len(taken.order):
        return b"", b""
    derived = _derived(feed, taken, partition=partition)
    columns, order, schema = taken.columns, taken.order, row_schema(feed)

    def column(name: str, type_: pa.DataType) -> pa.Array:
        if name in derived:
            return _arrow(type_, derived[name])
        if type_ == pa.binary(16):
            return _arrow(type_, columns.words(name)[order])
        if type_ == pa.binary():
            return pa.array(columns.text(name, order), type_)
        if type_ == pa.float32():
            return _arrow(type_, columns.float32(name)[order])
        return _arrow(type_, columns.integer(name)[order])

    arrays = [column(field.name, field.type) for field in schema]
    rows = pa.RecordBatch.from_arrays(arrays, schema=schema)
    return encode_block(rows.slice(0, taken.settled)), encode_block(rows.slice(taken.settled))


def rejects_block(feed: Feed, records: Records, decisions: Decisions, *, partition: int) -> bytes:
    """Return the rejected events with reason and original bytes in `REJECT_SCHEMA`; empty bytes when none are."""
    rejected = np.flatnonzero(decisions.verdict == int(Verdict.REJECTED))
    if not len(rejected):
        return b""
    reasons = decisions.reason[rejected]
    stages = np.where(np.isin(reasons, _DECODING), int(Stage.DECODE), int(Stage.VALIDATE))
    rows = rejected.tolist()
    arrays = [
        pa.array(np.full(len(rows), feed.code, np.int8)),
        pa.array(np.full(len(rows), partition, np.uint16)),
        pa.array(records.offsets[rejected]),
        pa.array(reasons.astype(np.int8)),
        pa.array(stages.astype(np.int8)),
        pa.array(records.logged_ms[rejected], pa.timestamp("ms", "UTC")),
        pa.array([records.keys.message(row) for row in rows], pa.binary()),
        pa.array([records.values.message(row) for row in rows], pa.binary()),
    ]
    return encode_block(pa.RecordBatch.from_arrays(arrays, schema=REJECT_SCHEMA))
