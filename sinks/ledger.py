"""The ledger: one row for each landing message, saying which source offsets it covered and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from schemas.kinds import Feed
from schemas.landing import Counts, decode_block, encode_block
from schemas.rows import REJECT_SCHEMA

LEDGER_SCHEMA = pa.schema(
    [
        ("feed", pa.int8()),
        ("partition", pa.uint16()),
        ("first", pa.int64()),
        ("last", pa.int64()),
        ("landing_offset", pa.int64()),
        *((name, pa.uint32()) for name in ("seen", "accepted", "rescan", "retry", "rejected", "late")),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far a partition is done: the last source offset covered and the next landing offset to read."""

    last: int
    next_landing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """Outcome of the source offsets `first` to `last`, as landed from the message at `landing_offset`.

    It follows from the landing log alone: whoever lands the message again records the same row. `rejects` are the
    range's dead letters (an Arrow IPC stream, or empty bytes), which are recorded before it.
    """

    feed: Feed
    partition: int
    first: int
    last: int
    landing_offset: int
    counts: Counts
    rejects: bytes = field(default=b"", repr=False)

    @property
    def mark(self) -> Mark:
        """Where the partition stands after this row."""
        return Mark(last=self.last, next_landing=self.landing_offset + 1)


def ledger_block(rows: Sequence[LedgerRow]) -> bytes:
    """Return `rows` as an Arrow IPC stream in LEDGER_SCHEMA."""
    return encode_block(pa.Table.from_pylist([_record(row) for row in rows], LEDGER_SCHEMA))


def dead_letters_block(rows: Sequence[LedgerRow]) -> bytes:
    """Return the dead letters of all `rows` as one Arrow IPC stream in REJECT_SCHEMA; empty bytes for none."""
    blocks = [row.rejects for row in rows if row.rejects]
    if len(blocks) < 2:
        return b"".join(blocks)
    return encode_block(pa.concat_tables([decode_block(block, REJECT_SCHEMA) for block in blocks]).combine_chunks())


def _record(row: LedgerRow) -> dict[str, int]:
    counts = row.counts
    return {
        "feed": row.feed.code,
        "partition": row.partition,
        "first": row.first,
        "last": row.last,
        "landing_offset": row.landing_offset,
        "seen": counts.seen,
        "accepted": counts.accepted,
        "rescan": counts.rescan,
        "retry": counts.retry,
        "rejected": counts.rejected,
        "late": counts.late,
    }
