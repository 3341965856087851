"""Read single columns of an Arrow block and change single rows, leaving the rest of its bytes as they are."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.ipc

from schemas.landing import encode_block
from sinks.scans import Bools

_END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"

#: Return the rows of a batch as they should be; its arguments are the batch and where it starts in the block.
Rewrite = Callable[[pa.RecordBatch, int], pa.RecordBatch]


def read_columns(block: bytes, names: Sequence[str]) -> pa.Table:
    """Return some columns of a block, all rows, in the order of `names`; others are not even decompressed."""
    with pa.ipc.open_stream(block) as reader:
        places = [reader.schema.get_field_index(name) for name in names]
    with pa.ipc.open_stream(block, options=pa.ipc.IpcReadOptions(included_fields=places)) as reader:
        return reader.read_all().select(list(names))


def keep_rows(block: bytes, kept: Bools) -> bytes:
    """Return the block with only the rows of a mask; empty bytes when none are."""
    return rewrite_rows(block, ~kept, lambda batch, start: batch.filter(pa.array(kept[start : start + len(batch)])))


def rewrite_rows(block: bytes, changed: Bools, rewrite: Rewrite) -> bytes:
    """Return the block with `rewrite` applied to each batch that has a row in the mask `changed`.

    Other batches keep their bytes. Empty bytes when no row is left.
    """
    if not changed.any():
        return block
    with pa.ipc.open_stream(block) as reader:
        schema = reader.schema
        edges = np.cumsum([0, *(len(batch) for batch in _batches(block))]).tolist()
    header, *messages = _messages(block)
    parts: list[bytes] = []
    for message, (start, stop) in zip(messages, pairwise(edges), strict=True):
        if changed[start:stop].any():
            batch = rewrite(pa.ipc.read_record_batch(message, schema), start)
            parts += [part.serialize().to_pybytes() for part in _messages(encode_block(batch))[1:]]
        else:
            parts.append(message.serialize().to_pybytes())
    return b"".join([header.serialize().to_pybytes(), *parts, _END_OF_STREAM]) if parts else b""


def _batches(block: bytes) -> Iterator[pa.RecordBatch]:
    with pa.ipc.open_stream(block, options=pa.ipc.IpcReadOptions(included_fields=[0])) as reader:
        yield from reader


def _messages(block: bytes) -> list[pa.ipc.Message]:
    return list(pa.ipc.MessageReader.open_stream(block)) if block else []
