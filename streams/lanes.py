"""Process batches of many partitions side by side, each partition's in order.

One lane a partition: take a batch, process it in a thread, publish its landing message, wait for the broker's
acknowledgement, and only then take the next. A lane whose partition is revoked stops where it is: what it had not
published is read again by the next owner, what it publishes too late is trimmed by whoever reads the log.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, TypeVar

from mode.utils.logging import get_logger

from schemas.kinds import Feed
from schemas.landing import LandingMessage
from streams.alerts.scan_alerts import AlertMessage
from streams.gather import Delivery, Gatherer, Pace
from streams.metrics import WorkerMetrics
from streams.partition import Partition
from streams.registry.snapshot import Snapshot
from streams.transport.fetcher import RawBatch
from streams.transport.record_batch import Records, read_records

logger = get_logger(__name__)

LaneKey = tuple[str, int]
#: Appends a landing message to its log and returns when the broker has acknowledged it; never gives up.
Publish = Callable[[LandingMessage], Awaitable[None]]
#: Puts alerts into their topic and returns when the broker has acknowledged all; never gives up.
RaiseAlerts = Callable[[Sequence[AlertMessage]], Awaitable[None]]
#: Ends the worker because a lane can't go on.
Fail = Callable[[BaseException], object]

_QUEUED_BATCHES = 2
#: Rows take about as many bytes as their events; a quarter of the largest message leaves room for any of them.
_PIECE_EVENTS, _PIECE_BYTES = 150_000, 16 * 1024 * 1024

Result = TypeVar("Result")


class Source(Protocol):
    """What lanes ask of the raw topics."""

    async def seek(self, key: LaneKey, offset: int) -> None:
        """Read the lane's partition from `offset` on."""

    async def earliest(self, key: LaneKey) -> int:
        """Return the first offset the partition still has."""

    def end(self, key: LaneKey) -> int | None:
        """Return the offset behind the partition's last event; None while unknown."""


@dataclass(slots=True, kw_only=True)
class Lanes:
    """The lanes of this worker's partitions. They begin when `prepared` returns, and fail with what it raises.

    Lanes of quiet feeds have threads of their own: behind a backlog of scans a case would wait for a batch of every
    busy lane, twice.
    """

    publish: Publish
    alert: RaiseAlerts
    prepared: Callable[[], Awaitable[None]]
    source: Source
    fail: Fail
    snapshot: Callable[[], Snapshot]
    metrics: WorkerMetrics
    executor: ThreadPoolExecutor
    quiet_executor: ThreadPoolExecutor
    pace: Pace
    _partitions: dict[LaneKey, Partition] = field(default_factory=dict)
    _queues: dict[LaneKey, asyncio.Queue[Delivery]] = field(default_factory=dict)
    _tasks: dict[LaneKey, asyncio.Task[None]] = field(default_factory=dict)

    def open(self, key: LaneKey, partition: Partition) -> None:
        """Start the lane of a recovered partition."""
        self._partitions[key] = partition
        self._queues[key] = asyncio.Queue(_QUEUED_BATCHES)
        self._tasks[key] = asyncio.create_task(self._run(key), name=f"lane {key}")
        self._tasks[key].add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (failure := task.exception()) is not None:
            self.fail(failure)

    async def close(self) -> None:
        """Stop every lane, and let go of an agent that waits to submit.

        A batch that is being processed in a thread is awaited, its outcome thrown away.
        """
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        queues = list(self._queues.values())
        self._partitions, self._queues, self._tasks = {}, {}, {}
        for queue in queues:
            _empty(queue)

    def next_offset(self, key: LaneKey) -> int | None:
        """Return the first source offset of a lane that its landing log does not cover yet."""
        partition = self._partitions.get(key)
        return None if partition is None else partition.next_offset

    async def submit(self, delivery: Delivery) -> None:
        """Queue a batch; waits while its lane is full. Batches of partitions that are not ours are dropped."""
        key = (delivery.batch.topic, delivery.batch.partition)
        queue = self._queues.get(key)
        if queue is not None:
            await queue.put(delivery)

    def report(self) -> None:
        """Set the lag and delay gauges of every lane."""
        for key, partition in self._partitions.items():
            end, covered = self.source.end(key), partition.next_offset
            if end is not None and covered is not None:
                self.metrics.lags(partition, lag_events=max(0, end - covered))

    async def _run(self, key: LaneKey) -> None:
        gatherer, partition = Gatherer(key, self.pace, self._queues[key]), self._partitions[key]
        await self.prepared()
        while True:
            with self.metrics.state("wait"):
                delivery = await gatherer.next()
            if not await self._follows(key, partition, delivery.batch):
                continue
            for records, last in await self._in_thread(partition, partial(self._read, delivery.batch)):
                await self._land(partition, records, last)
            delivery.done()

    def _read(self, batch: RawBatch) -> list[tuple[Records, int]]:
        with self.metrics.state("poll"):
            return pieces_of(batch)

    async def _land(self, partition: Partition, records: Records, last: int) -> None:
        """Process one piece, raise its alerts, and put its landing message into the log.

        In this order: after a crash in between the alerts are raised again, and recognised as the same.
        """
        snapshot = self.snapshot()
        processed = await self._in_thread(
            partition, lambda: partition.process(records=records, last=last, snapshot=snapshot)
        )
        if processed is None:
            return
        with self.metrics.state("publish"):
            if processed.alerts:
                await self.alert(processed.alerts)
            await self.publish(processed.message)
        self.metrics.landed(processed.message, captured=processed.captured)

    async def _follows(self, key: LaneKey, partition: Partition, batch: RawBatch) -> bool:
        """Tell whether a batch goes on where the lane is; one from further on is dropped and the source sought back.

        Batches from further on are left over from before a rebalance. Only what the source no longer has (deleted
        before it was read) is passed over; the landing message then covers a range with fewer events, which the
        ledger shows as a gap.
        """
        expected = partition.next_offset
        if expected is None or batch.first <= expected:
            return True
        if batch.first <= await self.source.earliest(key):
            logger.error("%s[%d]: offsets %d to %d were deleted before they were read", *key, expected, batch.first - 1)
            return True
        await self.source.seek(key, expected)
        return False

    async def _in_thread(self, partition: Partition, work: Callable[[], Result]) -> Result:
        threads = self.quiet_executor if partition.processor.feed.quiet else self.executor
        job = asyncio.get_running_loop().run_in_executor(threads, work)
        try:
            return await asyncio.shield(job)
        except asyncio.CancelledError:
            await asyncio.wait([job])
            raise


def _empty(queue: asyncio.Queue[Delivery]) -> None:
    while not queue.empty():
        queue.get_nowait()


def pieces_of(batch: RawBatch) -> list[tuple[Records, int]]:
    """Return the batch's records in pieces small enough for a landing message each, and each piece's last offset."""
    records = read_records(batch.data).since(batch.first)
    pieces = records.pieces(most_events=_PIECE_EVENTS, most_bytes=_PIECE_BYTES)
    lasts = [int(piece.offsets[-1]) for piece in pieces[:-1]]
    return list(zip(pieces, [*lasts, batch.last], strict=True))


def lane_key(feed: Feed, partition: int) -> LaneKey:
    """Return the key of a feed's lane."""
    return feed.topic, partition
