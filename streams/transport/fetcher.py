"""Hand a fetched partition on as one piece of bytes, instead of one object a record.

Extends aiokafka's `Fetcher` (aiokafka 0.14.0, consumer/fetcher.py): `_proc_fetch_request` (744-914) parses each
partition's part of a fetch response into `FetchResult` objects, lazily: `PartitionRecords` (168-323) iterates only when
`fetched_records` (1209) asks. Here its place is taken by an iterator that yields the whole part once. Position keeping,
back-off and rebalances stay the stock code's, which reads `next_fetch_offset` from either.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from aiokafka import TopicPartition
from aiokafka.consumer.consumer import AIOKafkaConsumer
from aiokafka.consumer.fetcher import Fetcher, FetchResult

_PREFIX = struct.Struct(">qi")
#: While a worker starts, whatever it asks the broker for waits behind a fetch: so the first fetches hardly linger.
_QUICK_FETCHES, _QUICK_MS = 50, 10
_BATCH_OVERHEAD_BYTES, _LAST_DELTA_AT, _HEADER_BYTES = 12, 23, 61


@dataclass(frozen=True, slots=True)
class RawBatch:
    """All whole record batches one fetch returned for one partition, still compressed.

    Covers the offsets `first` to `last` inclusive; `data` may begin with records below `first`.
    """

    topic: str
    partition: int
    first: int
    last: int
    data: bytes


def whole_batches(data: bytes) -> tuple[bytes, int | None]:
    """Return `data` without a record batch that the fetch size cut off, and the offset behind the last whole one.

    The offset is None when there is no whole batch.
    """
    at, behind = 0, None
    while at + _HEADER_BYTES <= len(data):
        base, length = _PREFIX.unpack_from(data, at)
        end = at + _BATCH_OVERHEAD_BYTES + length
        if not at + _HEADER_BYTES <= end <= len(data):
            break
        behind = base + int.from_bytes(data[at + _LAST_DELTA_AT : at + _LAST_DELTA_AT + 4], "big") + 1
        at = end
    return data[:at], behind


class WholePartition:
    """Stands in for aiokafka's `PartitionRecords`: an iterator over one `RawBatch`."""

    def __init__(self, tp: TopicPartition, data: bytes, fetch_offset: int) -> None:
        self._tp = tp
        self._data = data
        self.next_fetch_offset = fetch_offset

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> RawBatch:
        data, behind = whole_batches(self._data)
        self._data = b""
        if behind is None or behind <= self.next_fetch_offset:
            raise StopIteration
        first, self.next_fetch_offset = self.next_fetch_offset, behind
        return RawBatch(self._tp.topic, self._tp.partition, first, behind - 1, data)


class _Recorder:
    """The fetcher's client, remembering each partition's bytes of the responses that pass through `send`."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._parts: dict[TopicPartition, bytes] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def send(self, node_id: int, request: Any) -> Any:
        response = await self._client.send(node_id, request)
        for topic, partitions in getattr(response, "topics", ()):
            for partition in partitions:
                if isinstance(partition[-1], bytes):
                    self._parts[TopicPartition(topic, partition[0])] = partition[-1]
        return response

    def take(self) -> dict[TopicPartition, bytes]:
        parts, self._parts = self._parts, {}
        return parts


class BatchFetcher(Fetcher):
    """aiokafka's fetcher, yielding one `RawBatch` for each fetched partition of the batch topics."""

    _batch_topics: frozenset[str]
    _linger_ms: int
    _quick_fetches: int

    @classmethod
    def install(
        cls, consumer: AIOKafkaConsumer, *, batch_topics: Iterable[str], linger_ms: int, least_bytes: int
    ) -> None:
        """Turn a started consumer's fetcher into this one; it must have no partitions assigned yet.

        `linger_ms` and `least_bytes` make the broker hold a fetch back until there is that much data or that much
        time has passed: the worker's linger, spent without a loop of ours. It begins with the first events, or after
        some fetches without any. Faust fixes neither (its driver passes fetch_max_wait_ms=1500 and leaves
        fetch_min_bytes at 1).
        """
        fetcher = consumer._fetcher
        fetcher.__class__ = cls
        fetcher._batch_topics = frozenset(batch_topics)
        fetcher._client = _Recorder(fetcher._client)
        fetcher._linger_ms, fetcher._quick_fetches = linger_ms, _QUICK_FETCHES
        fetcher._fetch_max_wait_ms = min(_QUICK_MS, linger_ms)
        fetcher._fetch_min_bytes = least_bytes

    async def _proc_fetch_request(self, assignment: Any, node_id: int, request: Any) -> bool:
        needs_wakeup: bool = await super()._proc_fetch_request(assignment, node_id, request)
        for tp, data in self._client.take().items():
            result = self._records.get(tp)
            if tp.topic in self._batch_topics and isinstance(result, FetchResult):
                stock = result._partition_records
                if stock is not None and not isinstance(stock, WholePartition):
                    result._partition_records = WholePartition(tp, data, stock.next_fetch_offset)
                    self._quick_fetches = 0
        self._quick_fetches = max(0, self._quick_fetches - 1)
        if not self._quick_fetches:
            self._fetch_max_wait_ms = self._linger_ms
        return needs_wakeup
