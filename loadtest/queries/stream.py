"""Inserts as the sink makes them, at a steady rate, for as long as questions are asked."""

import threading
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from loadtest.queries.figures import timings_ms
from loadtest.queries.generate import STREAMED
from loadtest.queries.scans import columns, scans_sql
from loadtest.queries.world import World

#: Messages a second that land while scans come at some thousands a second on four partitions.
INSERTS_PER_SECOND = 12
_INSERTS_A_QUERY = 120
#: The sink's own (sinks/clickhouse_writer.py): one message is one block and one part.
_SETTINGS = {
    "async_insert": "0",
    "max_insert_block_size": "10000000",
    "min_insert_block_size_rows": "10000000",
    "min_insert_block_size_bytes": "2000000000",
    "input_format_parallel_parsing": "0",
    "max_threads": "1",
}
_PLAIN = {"output_format_arrow_compression_method": "none", "max_threads": "1"}


def blocks(client: Client, world: World, *, rows: int) -> Iterator[tuple[int, bytes]]:
    """Yield first offset and Arrow block of `rows` scans each, without end, that go on where the world's scans end.

    Those streamed into the database before are not repeated. Each block is sorted as the worker sorts it.
    """
    last = client.query(f"SELECT max(_offset) FROM scans WHERE _partition >= {STREAMED}").result_rows  # noqa: S608 -- a number of ours
    at = max(world.units, int(last[0][0]) // 2 + 1)
    while True:
        units = range(at, at + rows // 2 * _INSERTS_A_QUERY)
        query = scans_sql(world, units, partition=f"({STREAMED} + person % 8)::UInt16", ends=False)
        with pyarrow.ipc.open_stream(client.raw_query(query, fmt="ArrowStream", settings=_PLAIN)) as reader:
            yield from _split(reader.read_all(), first=2 * units.start, rows=rows)
        at = units.stop


def _split(scans: pa.Table, *, first: int, rows: int) -> Iterator[tuple[int, bytes]]:
    number = pc.divide(pc.subtract(scans["_offset"], first), rows)
    for each in range(len(scans) // rows):
        with pa.BufferOutputStream() as out:
            table = scans.filter(pc.equal(number, each)).combine_chunks()
            with pyarrow.ipc.new_stream(out, table.schema) as writer:
                writer.write_table(table)
            yield first + each * rows, out.getvalue().to_pybytes()


class Stream:
    """A context manager that inserts blocks of one world, each under a token of its own, until the block ends.

    It inserts `rate` rows a second, or fewer where the server keeps it waiting. `failure` is what ended it early.
    """

    def __init__(self, client: Client, world: World, *, rate: float) -> None:
        """Take a client nobody else uses."""
        self._client, self._world = client, world
        self._rows_each = max(2, round(rate / INSERTS_PER_SECOND / 2) * 2)
        self._inserts_ms: list[float] = []
        self.rows, self.seconds, self.failure = 0, 0.0, ""
        self._end, self._flows = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="inserts")

    def __enter__(self) -> Self:
        """Begin, and return when the first block has landed."""
        self._thread.start()
        self._flows.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End, and return when nothing is under way."""
        self._end.set()
        self._thread.join()

    def figures(self) -> dict[str, Any]:
        """Return what was inserted; call it after the block."""
        return {
            "rows": self.rows,
            "inserts": len(self._inserts_ms),
            "rows_per_second": round(self.rows / self.seconds, 1) if self.seconds else 0.0,
            "insert_ms": timings_ms(self._inserts_ms),
        }

    def _run(self) -> None:
        began = time.monotonic()
        try:
            for first, block in blocks(self._client, self._world, rows=self._rows_each):
                due = began + len(self._inserts_ms) / INSERTS_PER_SECOND
                if self._end.wait(max(0.0, due - time.monotonic())):
                    break
                self._insert(first, block)
                self._flows.set()
        except ClickHouseError as problem:
            self.failure = str(problem)
        self.seconds = time.monotonic() - began
        self._flows.set()

    def _insert(self, first: int, block: bytes) -> None:
        began = time.monotonic()
        settings = _SETTINGS | {"insert_deduplication_token": f"bench-{first}"}
        self._client.raw_insert(
            "scans", column_names=columns(), insert_block=block, settings=settings, fmt="ArrowStream"
        )
        self._inserts_ms.append(1_000 * (time.monotonic() - began))
        self.rows += self._rows_each
