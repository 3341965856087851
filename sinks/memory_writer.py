"""A store in memory that keeps the promises of `Writer`, for tests and trials without ClickHouse."""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas.kinds import Feed
from schemas.landing import decode_block
from schemas.rows import REJECT_SCHEMA, row_schema
from sinks.check import Lookup
from sinks.ledger import LedgerRow, Mark, dead_letters_block
from sinks.scans import Scans
from sinks.writer import Insert, Span

T = TypeVar("T", int, npt.NDArray[np.int64])

#: ClickHouse partitions scans by weeks of broker time from Monday in Vietnam (UTC+7 all year); 1970 began on a
#: Thursday.
_DAY_MS = 24 * 3600 * 1000
_SHIFT_MS = 7 * 3600 * 1000 + 3 * _DAY_MS


class MemoryWriter:
    """Tables as lists of parts, with ClickHouse's insert tokens: one memory of `token_window` entries for a table."""

    def __init__(self, *, token_window: int = 10_000) -> None:
        """Start empty."""
        self._lock = threading.RLock()
        self._parts: defaultdict[str, list[pa.Table]] = defaultdict(list)
        self._tokens: defaultdict[str, OrderedDict[tuple[str, int], None]] = defaultdict(OrderedDict)
        self._token_window = token_window
        self._ledger: dict[tuple[str, int, int], LedgerRow] = {}

    def insert(self, insert: Insert) -> None:
        rows = decode_block(insert.block, pa.schema([]))
        for week, part in by_week(rows):
            self.commit_part(insert, week, part)

    def commit_part(self, insert: Insert, week: int, part: pa.Table) -> None:
        """Land the rows of one ClickHouse partition, unless its token is remembered."""
        with self._lock:
            if insert.token and not self.remember(insert.table, (insert.token, week)):
                return
            self._parts[insert.table].append(part)

    def remember(self, table: str, token: tuple[str, int]) -> bool:
        """Add a token to the table's memory; return False if it was there. The oldest fall out."""
        with self._lock:
            tokens = self._tokens[table]
            if token in tokens:
                return False
            tokens[token] = None
            if len(tokens) > self._token_window:
                tokens.popitem(last=False)
            return True

    def landed(self, table: str, span: Span) -> npt.NDArray[np.int64]:
        rows = self.rows(table, span.feed, span.partition)
        offsets: npt.NDArray[np.int64] = np.sort(rows["_offset"].to_numpy()) if rows.num_rows else np.empty(0, np.int64)
        return offsets[(offsets >= span.first) & (offsets <= span.last)]

    def earlier(self, lookups: Sequence[Lookup]) -> list[Scans]:
        return [self._earlier(lookup) for lookup in lookups]

    def _earlier(self, lookup: Lookup) -> Scans:
        with self._lock:
            parts = self._of(lookup.feed.table, lookup.feed.code, lookup.partition)
        rows = pa.concat_tables([row_schema(lookup.feed).empty_table(), *parts])
        return Scans.of_feed(rows.filter(pc.less(rows["_offset"], lookup.before)), lookup.feed)

    def skewed_devices(self, feed: Feed, partition: int) -> npt.NDArray[np.int64]:
        rows = self.rows(feed.table, feed, partition)
        devices: npt.NDArray[np.int64] = rows.filter(pc.not_equal(rows["skew_ms"], 0))["device_id"].to_numpy()
        return np.unique(devices).astype(np.int64)

    def mark(self, feed: Feed, partition: int) -> Mark | None:
        rows = self.ledger(feed, partition)
        return rows[-1].mark if rows else None

    def record(self, rows: Sequence[LedgerRow]) -> None:
        with self._lock:
            self._add_letters(decode_block(dead_letters_block(rows), REJECT_SCHEMA))
            self._ledger.update({(row.feed.name, row.partition, row.first): row for row in rows})

    def reference_offset(self, table: str, partition: int) -> int:
        with self._lock:
            parts = [part.filter(pc.equal(part["_partition"], partition)) for part in self._parts[table]]
        return max((pc.max(part["_offset"]).as_py() for part in parts if part.num_rows), default=-1)

    def rows(self, table: str, feed: Feed, partition: int) -> pa.Table:
        """Return what a table holds of a feed's partition."""
        with self._lock:
            parts = self._of(table, feed.code, partition)
        return pa.concat_tables(parts) if parts else row_schema(feed).empty_table()

    def ledger(self, feed: Feed, partition: int) -> list[LedgerRow]:
        """Return the partition's ledger in order of offset."""
        with self._lock:
            rows = [row for key, row in self._ledger.items() if key[:2] == (feed.name, partition)]
        return sorted(rows, key=lambda row: row.first)

    def _add_letters(self, letters: pa.Table) -> None:
        there = {key for part in self._parts["dead_letters"] for key in _positions(part)}
        new = [position not in there for position in _positions(letters)]
        self._parts["dead_letters"].append(letters.filter(pa.array(new, pa.bool_())))

    def _of(self, table: str, feed_code: int, partition: int) -> list[pa.Table]:
        parts = (
            part.filter(pc.and_(pc.equal(part["feed"], feed_code), pc.equal(part["_partition"], partition)))
            for part in self._parts[table]
        )
        return [part for part in parts if part.num_rows]


def _positions(rows: pa.Table) -> list[tuple[int, int, int]]:
    return list(zip(*(rows[name].to_pylist() for name in ("feed", "_partition", "_offset")), strict=True))


def week_of(logged_ms: T) -> T:
    """Return the week in Vietnam, counted from 1970, of broker times in ms."""
    return (logged_ms + _SHIFT_MS) // (7 * _DAY_MS)


def by_week(rows: pa.Table) -> list[tuple[int, pa.Table]]:
    """Return the rows of each ClickHouse partition: its week, or 0 for tables without a broker time."""
    if "logged_at" not in rows.column_names:
        return [(0, rows)]
    weeks = week_of(pc.cast(rows["logged_at"], pa.int64()).to_numpy())
    return [(week, rows.filter(pa.array(weeks == week))) for week in np.unique(weeks).tolist()]
