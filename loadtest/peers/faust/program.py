"""The work in stock Faust. Variant `table`: a windowed Table knows what was seen; `memory`: a set in the process does.

Run in Faust's own environment: ``python -m loadtest.peers.faust.program``.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import mode.loop

mode.loop.use("uvloop")  # before Faust is imported, as `faust --loop uvloop` does

import faust  # noqa: E402 -- see above

from loadtest.peers.common.decode import Decoder, Scan  # noqa: E402 -- the same
from loadtest.peers.common.insert import BATCH_ROWS, LINGER_SECONDS, Writer  # noqa: E402 -- the same
from loadtest.peers.common.place_file import UNKNOWN, read_places  # noqa: E402 -- the same
from loadtest.peers.common.ready import say_ready  # noqa: E402 -- the same
from loadtest.peers.common.seen import WINDOW_MS, Seen  # noqa: E402 -- the same
from loadtest.peers.common.settings import PeerSettings  # noqa: E402 -- the same

_WINDOW_SECONDS = WINDOW_MS / 1_000


def make_app(settings: PeerSettings) -> faust.App:
    """Return an app set up for throughput: large fetches and buffers, LZ4, no web server."""
    return faust.App(
        settings.group,
        broker=f"kafka://{settings.kafka}",
        store="memory://",
        datadir=str(settings.directory / f"faust-{settings.number}"),
        topic_partitions=settings.partitions,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=4 << 20,
        broker_max_poll_records=10_000,
        broker_check_crcs=False,
        # Its documentation: "may let you process over 30,000 events a second as a baseline".
        stream_buffer_maxsize=131_072,
        stream_wait_empty=False,
        broker_commit_every=100_000,
        producer_compression_type="lz4",
        producer_linger=0.05,
        producer_max_batch_size=1 << 18,
        cython_optimizations=True,
        web_enabled=False,
        worker_redirect_stdouts=False,
    )


class _Batch:
    """Rows on their way into ClickHouse, one insert at a time; their events are acknowledged afterwards."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._rows: list[Scan] = []
        self._events: list[Any] = []
        self._since = time.monotonic()
        self._insert: asyncio.Future[None] | None = None

    def add(self, event: Any, row: Scan | None) -> None:
        if not self._events:
            self._since = time.monotonic()
        self._events.append(event)
        if row is not None:
            self._rows.append(row)

    @property
    def is_full(self) -> bool:
        return len(self._events) >= BATCH_ROWS

    @property
    def is_due(self) -> bool:
        return bool(self._events) and time.monotonic() - self._since >= LINGER_SECONDS

    async def send(self) -> None:
        """Wait for the insert before this one, then start this one."""
        rows, self._rows = self._rows, []
        events, self._events = self._events, []
        if self._insert is not None:
            await self._insert
        self._insert = asyncio.ensure_future(self._send(rows, events))

    async def _send(self, rows: list[Scan], events: list[Any]) -> None:
        if rows:
            await asyncio.get_running_loop().run_in_executor(None, self._writer.insert, rows)
        for event in events:
            event.ack()


def _windowed_table(app: faust.App) -> Callable[[Any, bytes], bool]:
    table = app.Table("seen", default=int).tumbling(_WINDOW_SECONDS, expires=_WINDOW_SECONDS)

    def is_new(event: Any, scan_id: bytes) -> bool:
        # Tumbling windows have edges: an id of the window before counts, too.
        entry = table[scan_id.hex()]
        if entry.current(event) or entry.delta(_WINDOW_SECONDS, event):
            return False
        table[scan_id.hex()] = 1
        return True

    return is_new


def _in_memory() -> Callable[[Any, bytes], bool]:
    seen: dict[int, Seen] = {}

    def is_new(event: Any, scan_id: bytes) -> bool:
        message = event.message
        return seen.setdefault(message.partition, Seen()).is_new(scan_id, int(message.timestamp * 1_000))

    return is_new


def main() -> None:
    """Run one Faust worker until it is told to stop."""
    settings = PeerSettings.from_environment()
    app = make_app(settings)
    topic = app.topic(settings.topic, key_serializer="raw", value_serializer="raw")
    is_new = _windowed_table(app) if settings.variant == "table" else _in_memory()
    decode, places, batch = Decoder(), read_places(settings.places), _Batch(Writer(settings))

    def row_of(event: Any) -> Scan | None:
        scan, message = decode(event.value), event.message
        if scan is None or not is_new(event, scan["scan_id"]):
            return None
        scan.update(places.get(scan["place_id"], UNKNOWN))
        scan["logged_at"] = int(message.timestamp * 1_000)
        scan["_partition"], scan["_offset"] = message.partition, message.offset
        return scan

    @app.agent(topic)
    async def work(stream: Any) -> None:
        first = True
        async for event in stream.noack().events():
            if first:
                first = False
                say_ready()
            batch.add(event, row_of(event))
            if batch.is_full:
                await batch.send()

    @app.timer(interval=LINGER_SECONDS)
    async def linger() -> None:
        if batch.is_due:
            await batch.send()

    faust.Worker(app, loglevel="WARNING").execute_from_commandline()


if __name__ == "__main__":
    main()
