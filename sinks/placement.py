"""Insert a block so that each of its rows is in the table, once."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas.kinds import Feed
from sinks.blocks import count_rows, keep_rows, read_columns
from sinks.caution import Caution
from sinks.errors import SinkStopped
from sinks.patience import Patience
from sinks.sink_metrics import SinkMetrics
from sinks.writer import Insert, Span, Writer

#: A repeated insert has a token of its own each time. To need one is rare; to need a fifth means the table loses rows.
_MOST_REPEATS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A block of a partition's rows for one table; its token is the same whenever it is placed, by whomever."""

    feed: Feed
    partition: int
    table: str
    block: bytes
    token: str


@dataclass(slots=True, kw_only=True)
class Placement:
    """Places the blocks of one sort of one partition, in order.

    It compares with the table before an insert until it met a block of which nothing was there: a predecessor works
    in the same order, so it can't have come further. After an insert it compares likewise, after a failed attempt,
    and while `caution` is active.
    """

    writer: Writer
    patience: Patience
    caution: Caution
    metrics: SinkMetrics
    _caught_up: bool = field(default=False, init=False)

    def place(self, piece: Piece) -> None:
        """Return when all rows of the block are in the table; raise Abandoned or SinkStopped."""
        if not piece.block:
            return
        careful = not self._caught_up
        rest = self._missing(piece) if careful else piece.block
        self._caught_up = self._caught_up or rest is piece.block
        retried = self._insert(piece.table, rest, piece.token) if rest else False
        if careful or retried or self.caution.active:
            self._complete(piece)

    def _complete(self, piece: Piece) -> None:
        for repeat in range(1, _MOST_REPEATS + 1):
            missing = self._missing(piece)
            if not missing:
                return
            self._insert(piece.table, missing, f"{piece.token}:again{repeat}")
        raise SinkStopped(
            f"Rows of {piece.token} don't stay in table {piece.table}; look for a TTL, a row limit or someone "
            "deleting them."
        )

    def _missing(self, piece: Piece) -> bytes:
        """Return the rows that are not in the table: the block itself when none is."""
        with self.metrics.time("check"):
            offsets, span = _describe(piece)
            there = self.patience.answer(lambda: self.writer.landed(piece.table, span)).value
            return keep_rows(piece.block, ~np.isin(offsets, there))

    def _insert(self, table: str, block: bytes, token: str) -> bool:
        insert, rows = Insert(table=table, block=block, token=token), count_rows(block)
        with self.metrics.time("insert"), self.metrics.insert_seconds.labels(table).time():
            answer = self.patience.answer(lambda: self.writer.insert(insert))
        self.metrics.rows.labels(table).inc(rows)
        self.metrics.insert_rows.labels(table).observe(rows)
        if answer.retried:
            self.caution.alarm()
        return answer.retried


def _describe(piece: Piece) -> tuple[npt.NDArray[np.int64], Span]:
    columns = read_columns(piece.block, ("_offset", "logged_at"))
    offsets = columns["_offset"].to_numpy()
    logged = pc.min_max(pc.cast(columns["logged_at"], pa.int64())).as_py()
    span = Span(
        feed=piece.feed,
        partition=piece.partition,
        first=int(offsets.min()),
        last=int(offsets.max()),
        from_ms=logged["min"],
        to_ms=logged["max"],
    )
    return offsets, span
