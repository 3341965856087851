"""The real store: ClickHouse over HTTP with clickhouse-connect."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

import clickhouse_connect
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from clickhouse_connect.driver.httputil import get_pool_manager

from schemas.kinds import VENUE, Feed
from schemas.landing import decode_block
from schemas.rows import row_schema
from sinks import clickhouse_queries as queries
from sinks.check import Lookup
from sinks.config import SinkConfig
from sinks.errors import exception_for
from sinks.ledger import LedgerRow, Mark, dead_letters_block, ledger_block
from sinks.scans import Scans
from sinks.writer import Insert, Span

#: One message is one block: with a token, each block of an insert counts on its own. The sink asks for exactly what
#: the token promises, so the server must not merge inserts (async_insert is on by default since 26.x). On a cluster an
#: insert is acknowledged by the shard that holds the rows, not by the node that passes them on.
_INSERT_SETTINGS = {
    "async_insert": "0",
    "distributed_foreground_insert": "1",
    "max_insert_block_size": "10000000",
    "min_insert_block_size_rows": "10000000",
    "min_insert_block_size_bytes": "2000000000",
    "input_format_parallel_parsing": "0",
    "max_threads": "1",
}
_EARLIER = pa.schema([row_schema(VENUE).field(name) for name in queries.EARLIER_COLUMNS])


def connect(config: SinkConfig) -> Client:
    """Return a client for threads to share; it keeps one connection for each and repeats nothing by itself.

    Raises TryAgain while nothing answers there, and SinkStopped where the server refuses.
    """
    url = urlsplit(config.clickhouse_url)
    with translated():
        return clickhouse_connect.get_client(
            host=url.hostname or "localhost",
            port=url.port or (8443 if url.scheme == "https" else 8123),
            interface=url.scheme,
            username=config.clickhouse_user,
            password=config.clickhouse_password,
            pool_mgr=get_pool_manager(maxsize=config.insert_threads + 4, num_pools=2),
            send_receive_timeout=config.request_timeout_seconds,
            query_retries=0,
            autogenerate_session_id=False,
            compress=False,
        )


class ClickHouseWriter:
    """`Writer` over one database of a ClickHouse server or of the embedded one."""

    def __init__(self, client: Client, database: str) -> None:
        """Take a client of `connect`; the tables must be there (`migrate`)."""
        self._client = client
        self._database = database

    def insert(self, insert: Insert) -> None:
        settings = _INSERT_SETTINGS | ({"insert_deduplication_token": insert.token} if insert.token else {})
        with translated():
            self._client.raw_insert(
                self._table(insert.table),
                column_names=_column_names(insert.block),
                insert_block=insert.block,
                settings=settings,
                fmt="ArrowStream",
            )

    def landed(self, table: str, span: Span) -> npt.NDArray[np.int64]:
        found = self._rows(queries.landed(self._table(table), span))
        return np.sort(found["_offset"].to_numpy()) if found.num_rows else np.empty(0, np.int64)

    def earlier(self, lookups: Sequence[Lookup]) -> list[Scans]:
        found = {table: self._earlier(table, lookups) for table in {lookup.feed.table for lookup in lookups}}
        # Asked after the rows: retention writes a tombstone before it deletes the row, so that one of the two is seen.
        deleted = self._deleted(lookups)
        return [_earlier(pa.concat_tables([found[lookup.feed.table], deleted]), lookup) for lookup in lookups]

    def _deleted(self, lookups: Sequence[Lookup]) -> pa.Table:
        parts = [self._rows(query).cast(_EARLIER) for query in queries.deleted(self._table("tombstones"), lookups)]
        return pa.concat_tables([pa.Table.from_batches([], _EARLIER), *parts])

    def _earlier(self, table: str, lookups: Sequence[Lookup]) -> pa.Table:
        asked = [lookup for lookup in lookups if lookup.feed.table == table]
        parts = [self._rows(query).cast(_EARLIER) for query in queries.earlier(self._table(table), asked)]
        return pa.concat_tables([pa.Table.from_batches([], _EARLIER), *parts])

    def skewed_devices(self, feed: Feed, partition: int) -> npt.NDArray[np.int64]:
        found = self._rows(queries.skewed_devices(self._table(feed.table), feed, partition))
        return found["device_id"].to_numpy().astype(np.int64) if found.num_rows else np.empty(0, np.int64)

    def mark(self, feed: Feed, partition: int) -> Mark | None:
        found = self._rows(queries.mark(self._table("ledger"), feed, partition)).to_pylist()
        return Mark(last=found[0]["last"], next_landing=found[0]["landing_offset"] + 1) if found else None

    def record(self, rows: Sequence[LedgerRow]) -> None:
        if letters := dead_letters_block(rows):
            self.insert(Insert(table="dead_letter_log", block=letters))
        if rows:
            self.insert(Insert(table="ledger", block=ledger_block(rows)))

    def reference_offset(self, table: str, partition: int) -> int:
        found = self._rows(queries.reference_offset(self._table(table), partition)).to_pylist()
        return int(found[0]["offset"]) if found else -1

    def _table(self, name: str) -> str:
        return f"`{self._database}`.{name}"

    def _rows(self, query: str) -> pa.Table:
        with translated():
            answer = self._client.raw_query(query, fmt="ArrowStream", settings=queries.SETTINGS)
        return decode_block(answer, pa.schema([]))


def _earlier(found: pa.Table, lookup: Lookup) -> Scans:
    same = pc.and_(pc.equal(found["feed"], lookup.feed.code), pc.equal(found["_partition"], lookup.partition))
    scans = Scans.of(found.filter(pc.and_(same, pc.less(found["_offset"], lookup.before))))
    _, firsts = np.unique(scans.offset, return_index=True)
    return scans.take(firsts)


@contextmanager
def translated() -> Iterator[None]:
    """Raise what the error table says instead of the client's exceptions."""
    try:
        yield
    except ClickHouseError as error:
        raise exception_for(getattr(error, "code", None), str(error)) from error


def _column_names(block: bytes) -> tuple[str, ...]:
    with pa.ipc.open_stream(block) as reader:
        return tuple(reader.schema.names)
