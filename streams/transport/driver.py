"""The Faust transport ``scanstream://host:port``: stock aiokafka, but whole batches for the raw topics.

Registered as a `faust.transports` entry point. Relies on these methods of Faust 0.15.3, which a test pins:
transport/drivers/aiokafka.py `Consumer._to_message`, `_new_consumer_thread`, `AIOKafkaConsumerThread.on_start`;
transport/consumer.py `_new_offset`, `_add_gap`, `seek_to_committed` (called by `perform_seek` after each recovery).
The assignor, tables, recovery, flow control and producer stay Faust's own.
"""

from collections.abc import Mapping
from time import time
from typing import Any, ClassVar, Protocol

from faust.transport.drivers import aiokafka as stock
from faust.types import TP, ConsumerMessage

from streams.transport.fetcher import BatchFetcher, RawBatch


class BatchSource(Protocol):
    """What the transport asks the app: which topics come in batches, and where each partition goes on."""

    batch_topics: frozenset[str]
    linger_ms: int
    least_fetch_bytes: int

    def next_offset(self, tp: TP) -> int | None:
        """Return the first source offset that no output covers; None when nothing is known of the partition."""


class BatchConsumerThread(stock.AIOKafkaConsumerThread):
    """Faust's consumer thread with the batch fetcher installed."""

    async def on_start(self) -> None:
        await super().on_start()
        source: BatchSource = self.app.batch_source
        BatchFetcher.install(
            self._ensure_consumer(),
            batch_topics=source.batch_topics,
            linger_ms=source.linger_ms,
            least_bytes=source.least_fetch_bytes,
        )


class Consumer(stock.Consumer):
    """Faust's consumer, whose positions in batch topics come from the app's output and not from Kafka's commits."""

    @property
    def _source(self) -> BatchSource:
        source: BatchSource = self.app.batch_source
        return source

    def _new_consumer_thread(self) -> BatchConsumerThread:
        return BatchConsumerThread(self, loop=self.loop, beacon=self.beacon)

    def _to_message(self, tp: TP, record: Any) -> ConsumerMessage:
        if not isinstance(record, RawBatch):
            return super()._to_message(tp, record)
        return ConsumerMessage(
            record.topic,
            record.partition,
            record.first,
            time(),
            1,
            [],
            None,
            record,
            None,
            0,
            len(record.data),
            tp,
            generation_id=self.app.consumer_generation_id,
        )

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Seek every partition to where it goes on, and return those positions.

        Batch topics go on behind their output, or at their first offset when there is none.
        """
        committed = dict(await super().seek_to_committed())
        batch = {tp for tp in self.assignment() if tp.topic in self._source.batch_topics}
        known = {tp: self._source.next_offset(tp) for tp in batch}
        missing = [tp for tp, offset in known.items() if offset is None]
        earliest = await self.earliest_offsets(*missing) if missing else {}
        positions = {tp: earliest[tp] if offset is None else offset for tp, offset in known.items()}
        if positions:
            await self.seek_wait(positions)
        return {**committed, **positions}

    def _new_offset(self, tp: TP) -> int | None:
        """Return the offset to commit: for batch topics a hint for lag monitors, taken from the output."""
        if tp.topic not in self._source.batch_topics:
            offset: int | None = super()._new_offset(tp)
            return offset
        self._acked[tp].clear()
        self._acked_index[tp].clear()
        return self._source.next_offset(tp)

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Ignore the offsets inside batches, which Faust takes for gaps."""
        if tp.topic not in self._source.batch_topics:
            await super()._add_gap(tp, offset_from, offset_to)


class Transport(stock.Transport):
    """Faust's Kafka transport with the batch consumer."""

    Consumer: ClassVar[type[Consumer]] = Consumer
