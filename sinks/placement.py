"""Insert a block so that each of its rows is in the table, once."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas.kinds import Feed
from sinks.blocks import keep_rows, read_columns
from sinks.caution import Caution
from sinks.errors import SinkStopped
from sinks.patience import Patience
from sinks.sink_metrics import SinkMetrics
from sinks.writer import Insert, Span, Writer

#: A repeated insert has a token of its own each time. To need one is rare; to need a fifth means the table loses rows.
_MOST_REPEATS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    table: str
    block: bytes
    span: Span
    offsets: npt.NDArray[np.int64]


@dataclass(slots=True, kw_only=True)
class Placement:
    """Places the blocks of one partition, in order.

    It compares with the table before an insert until it met a block of which nothing was there: a predecessor works
    in the same order, so it can't have come further. After an insert it compares likewise, after a failed attempt,
    and while `caution` is active.
    """

    writer: Writer
    patience: Patience
    caution: Caution
    metrics: SinkMetrics
    _caught_up: bool = field(default=False, init=False)

    def place(self, *, feed: Feed, partition: int, table: str, block: bytes, count: int, token: str) -> None:
        """Return when all `count` rows of `block` are in `table`; raise Abandoned or SinkStopped.

        `token` must be the same whenever this block is placed, by whomever.
        """
        if count == 0 and not block:
            return
        piece = _describe(feed, partition, table, block, count)
        careful = not self._caught_up
        rest = self._missing(piece) if careful else block
        self._caught_up = self._caught_up or rest is block
        retried = self._insert(table, rest, token, rows=count) if rest else False
        if careful or retried or self.caution.active:
            self._complete(piece, token)
        self.metrics.landed_until(feed, piece.span.to_ms)

    def _complete(self, piece: _Block, token: str) -> None:
        for repeat in range(1, _MOST_REPEATS + 1):
            missing = self._missing(piece)
            if not missing:
                return
            self._insert(piece.table, missing, f"{token}:again{repeat}", rows=len(piece.offsets))
        raise SinkStopped(
            f"Rows of {token} don't stay in table {piece.table}; look for a TTL, a row limit or someone deleting them."
        )

    def _missing(self, piece: _Block) -> bytes:
        """Return the rows that are not in the table: the block itself when none is."""
        with self.metrics.time("check"):
            there = self.patience.answer(lambda: self.writer.landed(piece.table, piece.span)).value
            return keep_rows(piece.block, ~np.isin(piece.offsets, there))

    def _insert(self, table: str, block: bytes, token: str, *, rows: int) -> bool:
        insert = Insert(table=table, block=block, token=token)
        with self.metrics.time("insert"), self.metrics.insert_seconds.labels(table).time():
            answer = self.patience.answer(lambda: self.writer.insert(insert))
        self.metrics.rows.labels(table).inc(rows)
        self.metrics.insert_rows.labels(table).observe(rows)
        if answer.retried:
            self.caution.alarm()
        return answer.retried


def _describe(feed: Feed, partition: int, table: str, block: bytes, count: int) -> _Block:
    columns = read_columns(block, ("_offset", "logged_at")) if block else None
    if columns is None or columns.num_rows != count:
        found = columns.num_rows if columns else 0
        raise SinkStopped(f"A landing message of {feed.name} says {count} rows for {table} and holds {found}.")
    offsets = columns["_offset"].to_numpy()
    logged = pc.min_max(pc.cast(columns["logged_at"], pa.int64())).as_py()
    span = Span(
        feed=feed,
        partition=partition,
        first=int(offsets.min()),
        last=int(offsets.max()),
        from_ms=logged["min"],
        to_ms=logged["max"],
    )
    return _Block(table=table, block=block, span=span, offsets=offsets)
