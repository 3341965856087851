"""Look into Arrow blocks without reading more of them than is needed."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.ipc

from schemas.landing import decode_block, encode_block
from sinks.scans import Bools

_SMALLEST_COLUMN = "feed"


def read_columns(block: bytes, names: Sequence[str]) -> pa.Table:
    """Return some columns of a block, all rows, in the order of `names`; others are not even decompressed."""
    with pa.ipc.open_stream(block) as reader:
        places = [reader.schema.get_field_index(name) for name in names]
    with pa.ipc.open_stream(block, options=pa.ipc.IpcReadOptions(included_fields=places)) as reader:
        return reader.read_all().select(list(names))


def count_rows(block: bytes) -> int:
    """Return how many rows a block of rows or rejects has; empty bytes have none."""
    return read_columns(block, (_SMALLEST_COLUMN,)).num_rows if block else 0


def keep_rows(block: bytes, kept: Bools) -> bytes:
    """Return the block with only the rows of a mask; itself when those are all, empty bytes when none are."""
    if kept.all():
        return block
    return encode_block(decode_block(block, pa.schema([])).filter(pa.array(kept)))
