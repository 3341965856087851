"""The raw floor: fetch, decode and insert the same events with no logic between, to compare the pipeline with.

It promises nothing: no duplicates are seen, nothing is enriched, nothing survives a crash.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import BoundedSemaphore, local

import numpy as np
import pyarrow as pa
from clickhouse_connect.driver.client import Client
from confluent_kafka import Consumer, Message, TopicPartition

from schemas.columns import Columns
from schemas.decode import OK, decode_batch, spans_of
from schemas.enums import Lateness, Verdict
from schemas.kinds import Feed
from schemas.landing import encode_block
from schemas.plan import plan_of
from schemas.rows import derived_fields, row_schema, stored_fields

_TABLE = "raw_floor"
#: As large as the pipeline's blocks at full load.
_BLOCK_EVENTS = 50_000
_INSERT_THREADS = 2
_BLOCKS_WAITING = 6
_FETCH_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class FloorResult:
    """How many events the floor inserted, and how long that took from the first fetch to the last acknowledgement."""

    events: int
    seconds: float

    @property
    def events_per_second(self) -> float:
        """Rate over all events of the topic, also those whose bytes are malformed."""
        return self.events / self.seconds


def measure_floor(bootstrap: str, feed: Feed, *, ends: dict[int, int], new_client: Callable[[], Client]) -> FloorResult:
    """Read the whole topic up to `ends` into a table like the feed's, which is dropped afterwards."""
    client = new_client()
    client.command(f"DROP TABLE IF EXISTS {_TABLE}")
    client.command(f"CREATE TABLE {_TABLE} AS {feed.table}")
    try:
        began = time.monotonic()
        insert_all(bootstrap, feed, ends=ends, new_client=new_client, table=_TABLE)
        seconds = time.monotonic() - began
    finally:
        client.command(f"DROP TABLE {_TABLE}")
    return FloorResult(sum(ends.values()), seconds)


def insert_all(
    bootstrap: str, feed: Feed, *, ends: dict[int, int], new_client: Callable[[], Client], table: str
) -> None:
    """Read the whole topic up to `ends` into `table`, whose columns are those of the feed's."""
    consumer = _consumer(bootstrap, feed, ends)
    room, clients = BoundedSemaphore(_BLOCKS_WAITING), local()

    def insert(messages: list[Message]) -> None:
        try:
            clients.one = getattr(clients, "one", None) or new_client()
            clients.one.raw_insert(table, insert_block=_block(feed, messages), fmt="ArrowStream")
        finally:
            room.release()

    left = sum(ends.values())
    inserts: list[Future[None]] = []
    with ThreadPoolExecutor(_INSERT_THREADS) as threads:
        while left:
            messages = consumer.consume(min(_BLOCK_EVENTS, left), timeout=_FETCH_SECONDS)
            left -= len(messages)
            if messages:
                room.acquire()
                inserts.append(threads.submit(insert, messages))
    consumer.close()
    for insert_done in inserts:
        insert_done.result()


def _consumer(bootstrap: str, feed: Feed, ends: dict[int, int]) -> Consumer:
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "raw-floor",
            "enable.auto.commit": False,
            "fetch.message.max.bytes": 4 << 20,
            "queued.max.messages.kbytes": 256 << 10,
            "queued.min.messages": 1_000_000,
            "check.crcs": False,
            "log_level": 0,
        }
    )
    consumer.assign([TopicPartition(feed.topic, partition, 0) for partition, end in ends.items() if end])
    return consumer


def _block(feed: Feed, messages: list[Message]) -> bytes:
    columns, status = decode_batch(plan_of(feed), spans_of([message.value() or b"" for message in messages]))
    sound = np.flatnonzero(status == OK)
    arrays = [_own_column(columns, name, type_).take(sound) for name, type_ in stored_fields(feed)]
    fixed = {
        "feed": feed.code,
        "verdict": int(Verdict.ACCEPTED),
        "lateness": int(Lateness.ON_TIME),
        "rescan_of": -1,
    }
    # One position and time for a block, counted on: asking every message would only make the floor slower.
    _, logged_ms = messages[0].timestamp()
    position = {
        "_partition": np.full(len(sound), messages[0].partition()),
        "_offset": messages[0].offset() + sound,
        "logged_at": np.full(len(sound), logged_ms),
    }
    for name, type_ in derived_fields(feed):
        values = position.get(name, np.full(len(sound), fixed.get(name, 0), np.int64))
        arrays.append(pa.array(values).cast(type_))
    return encode_block(pa.Table.from_arrays(arrays, schema=row_schema(feed)))


def _own_column(columns: Columns, name: str, type_: pa.DataType) -> pa.Array:
    if type_ == pa.binary(16):
        words = np.ascontiguousarray(columns.words(name))
        return pa.FixedSizeBinaryArray.from_buffers(type_, len(columns), [None, pa.py_buffer(words)])
    if type_ == pa.float32():
        return pa.array(columns.float32(name))
    return pa.array(columns.integer(name)).cast(type_)
