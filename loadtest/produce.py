"""Publish a workload's messages through librdkafka: as fast as it goes, or each at its intended time."""

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import numpy as np
from confluent_kafka import KafkaError, Producer

from loadtest.defects import Key, Value
from loadtest.draw import Ints
from loadtest.generate import Chunk
from loadtest.offsets import CouldNotCheck

_QUEUE_MESSAGES: Final = 400_000
_FLUSH_SECONDS: Final = 300.0
_TICK_SECONDS: Final = 0.002
_CHUNKS_AHEAD: Final = 4


class Publisher:
    """An idempotent producer of one topic; messages of a partition are published in the order they are given."""

    def __init__(self, bootstrap: str, topic: str, *, linger_ms: int = 20) -> None:
        self._topic = topic
        self._failures: list[str] = []
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                "enable.idempotence": True,
                "acks": "all",
                "compression.type": "lz4",
                "linger.ms": linger_ms,
                "batch.size": 1 << 20,
                "queue.buffering.max.messages": 2 * _QUEUE_MESSAGES,
                "queue.buffering.max.kbytes": 1 << 20,
                # A callback a message would cost more than sending it.
                "delivery.report.only.error": True,
                "log_level": 0,
            }
        )

    def publish(self, keys: list[Key], values: list[Value], partitions: Ints) -> None:
        """Queue messages, waiting while too many are on their way; raise CouldNotCheck if one was refused."""
        while len(self._producer) > _QUEUE_MESSAGES:
            self._producer.poll(0.01)
        # librdkafka's batch call heeds a partition of the whole batch only, so there is one batch a partition.
        for partition in np.unique(partitions).tolist():
            rows = np.flatnonzero(partitions == partition).tolist()
            self._publish([{"key": keys[row], "value": values[row]} for row in rows], partition)
        self._producer.poll(0)
        self._raise_failures()

    def _publish(self, messages: list[dict[str, Any]], partition: int) -> None:
        # A refused message would let later ones of its partition overtake it, so none may be refused.
        queued = self._producer.produce_batch(self._topic, messages, partition=partition, on_delivery=self._failed)
        if queued != len(messages):
            raise CouldNotCheck(f"librdkafka took {queued} of {len(messages)} messages")

    def flush(self) -> None:
        """Wait until everything is acknowledged; raise CouldNotCheck if something was not."""
        left = self._producer.flush(_FLUSH_SECONDS)
        self._raise_failures()
        if left:
            raise CouldNotCheck(f"{left} messages were not acknowledged within {_FLUSH_SECONDS:.0f} s")

    def _failed(self, error: KafkaError | None, _message: object) -> None:
        if error is not None:
            self._failures.append(error.str())

    def _raise_failures(self) -> None:
        if self._failures:
            raise CouldNotCheck(f"{len(self._failures)} messages were not acknowledged: {self._failures[0]}")


def publish_fast(
    publisher: Publisher, chunks: Iterable[Chunk], *, on_chunk: Callable[[Chunk], None] | None = None
) -> None:
    """Publish everything as fast as it goes and return when it is acknowledged. `on_chunk` is told of each chunk."""
    for chunk in _made_ahead(chunks):
        publisher.publish(chunk.keys, chunk.values, chunk.partitions)
        if on_chunk:
            on_chunk(chunk)
    publisher.flush()


def publish_on_time(
    publisher: Publisher,
    chunks: Iterable[Chunk],
    *,
    start_ms: int,
    on_chunk: Callable[[Chunk], None] | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Publish each event at its intended time, counted from `start_ms` (UTC), whatever the pipeline does (open loop).

    What is late for any reason is sent at once. Setting `stop` ends it early, after a whole chunk.
    """
    for chunk in _made_ahead(chunks):
        if stop and stop.is_set():
            break
        _publish_chunk_on_time(publisher, chunk, start_ms)
        if on_chunk:
            on_chunk(chunk)
    publisher.flush()


def _publish_chunk_on_time(publisher: Publisher, chunk: Chunk, start_ms: int) -> None:
    at = 0
    while at < len(chunk):
        elapsed_us = (time.time() * 1_000 - start_ms) * 1_000
        due = int(np.searchsorted(chunk.timeline.publish_us, elapsed_us, side="right"))
        if due > at:
            publisher.publish(chunk.keys[at:due], chunk.values[at:due], chunk.partitions[at:due])
            at = due
        else:
            time.sleep(_TICK_SECONDS)


def _made_ahead(chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """Make chunks in a thread, some ahead of their use; numpy and numba let the other thread send meanwhile."""
    made: queue.Queue[Chunk | BaseException | None] = queue.Queue(_CHUNKS_AHEAD)
    over = threading.Event()

    def put(item: Chunk | BaseException | None) -> None:
        while not over.is_set():
            try:
                made.put(item, timeout=0.1)
            except queue.Full:
                continue
            return

    def make() -> None:
        try:
            for chunk in chunks:
                put(chunk)
                if over.is_set():
                    return
            put(None)
        except BaseException as error:  # noqa: BLE001 -- raised again in the thread that waits
            put(error)

    thread = threading.Thread(target=make, name="generate", daemon=True)
    thread.start()
    try:
        while (item := made.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        over.set()
        thread.join()
