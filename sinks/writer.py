"""What the sink needs of a store. `clickhouse_writer` is the real one, `memory_writer` the shipped fake."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from schemas.kinds import Feed
from sinks.check import Lookup
from sinks.ledger import LedgerRow, Mark
from sinks.scans import Scans


@dataclass(frozen=True, slots=True, kw_only=True)
class Insert:
    """Rows for one table: an Arrow IPC stream, and the token under which they may land once only.

    An empty token asks for no such promise (dead letters, ledger and reference tables replace by key instead).
    """

    table: str
    block: bytes
    token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Source offsets `first` to `last` of a feed's partition, logged by the broker in `from_ms` to `to_ms`."""

    feed: Feed
    partition: int
    first: int
    last: int
    from_ms: int
    to_ms: int


class Writer(Protocol):
    """A store for rows, rejects and the ledger. Threads share one.

    Every method may raise `TryAgain` (call it again with the same arguments) or `SinkStopped`. What an insert
    acknowledged is visible to every later call of any writer on the same store.
    """

    def insert(self, insert: Insert) -> None:
        """Land the rows.

        Rows of one ClickHouse partition (a week of broker time) land together or not at all, those of different ones
        don't. While the store remembers the token, rows of a partition that landed under it are dropped silently,
        whatever they are. A store that crashed may remember a token whose rows are lost: after any failure, ask
        `landed`.
        """

    def landed(self, table: str, span: Span) -> npt.NDArray[np.int64]:
        """Return the `_offset`s of the span's rows in `table`, ascending; a row that is there twice shows twice."""

    def earlier(self, lookups: Sequence[Lookup]) -> list[Scans]:
        """Return for each lookup the landed scans it describes, each once, in any order.

        It may return more of the same partition and below the same offset, never less. Of rows that retention deleted
        it returns, for aged scans, what tells a retry, with zeros for the rest.
        """

    def skewed_devices(self, feed: Feed, partition: int) -> npt.NDArray[np.int64]:
        """Return the devices of the partition's landed scans whose time was corrected."""

    def mark(self, feed: Feed, partition: int) -> Mark | None:
        """Return how far the ledger says the partition is done; None when it has no row yet."""

    def record(self, rows: Sequence[LedgerRow]) -> None:
        """Add their dead letters, then the rows to the ledger, each all or none.

        A row or dead letter that is there already is replaced by its equal.
        """

    def reference_offset(self, table: str, partition: int) -> int:
        """Return the greatest source offset among the rows of a reference table; -1 when there is none."""
