"""The Faust consumer between the stock driver and the landing log: positions come from the log alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from aiokafka import ConsumerRecord
from faust.types import TP

from schemas.kinds import VENUE
from streams.app import WorkerApp, create_app
from streams.config import WorkerConfig
from streams.transport.driver import BatchConsumerThread, Consumer, Transport
from streams.transport.fetcher import RawBatch

_RAW, _OTHER = TP(VENUE.topic, 3), TP(VENUE.landing_topic, 3)


@dataclass
class ConsumerThread:
    """Faust's consumer thread as the consumer uses it: positions in memory."""

    committed: Mapping[TP, int]
    earliest: Mapping[TP, int]
    assigned: set[TP]
    sought: dict[TP, int] = field(default_factory=dict)

    async def seek_to_committed(self) -> Mapping[TP, int]:
        return self.committed

    async def earliest_offsets(self, *partitions: TP) -> Mapping[TP, int]:
        return {tp: self.earliest[tp] for tp in partitions}

    async def seek_wait(self, partitions: Mapping[TP, int]) -> None:
        self.sought |= partitions

    def assignment(self) -> set[TP]:
        return self.assigned


@dataclass
class Positions:
    """What the landing log covers."""

    known: Mapping[TP, int]
    batch_topics: frozenset[str] = frozenset({VENUE.topic})
    linger_ms: int = 200
    least_fetch_bytes: int = 1

    def next_offset(self, tp: TP) -> int | None:
        return self.known.get(tp)


@pytest.fixture
async def app() -> WorkerApp:
    return create_app(WorkerConfig(bootstrap="127.0.0.1:1", feeds=(VENUE,)))


async def _consumer(app: WorkerApp, *, known: Mapping[TP, int], thread: ConsumerThread | None = None) -> Consumer:
    consumer = app._new_consumer()
    assert isinstance(consumer, Consumer)
    assert isinstance(consumer._thread, BatchConsumerThread)
    consumer._thread.thread_loop.close()  # made for a thread that is never started here
    app.batch_source = Positions(known)  # type: ignore[assignment]  # a stand-in
    if thread is not None:
        consumer._thread = thread
    return consumer


async def test_the_scheme_brings_this_transport(app: WorkerApp) -> None:
    assert isinstance(app.transport, Transport)
    await _consumer(app, known={})


async def test_a_whole_batch_is_one_message_at_its_first_offset(app: WorkerApp) -> None:
    batch = RawBatch(VENUE.topic, 3, 10, 19, b"bytes")
    message = (await _consumer(app, known={}))._to_message(_RAW, batch)
    assert (message.topic, message.partition, message.offset, message.tp) == (VENUE.topic, 3, 10, _RAW)
    assert message.value is batch


async def test_other_records_stay_what_they_are(app: WorkerApp) -> None:
    record = ConsumerRecord(
        topic=VENUE.landing_topic, partition=3, offset=7, timestamp=1_000, timestamp_type=1, key=b"k", value=b"v",
        checksum=None, serialized_key_size=1, serialized_value_size=1, headers=[("v", b"1")],
    )  # fmt: skip
    message = (await _consumer(app, known={}))._to_message(_OTHER, record)
    assert (message.offset, message.key, message.value) == (7, b"k", b"v")


async def test_positions_come_from_the_log_and_not_from_commits(app: WorkerApp) -> None:
    thread = ConsumerThread(committed={_RAW: 3, _OTHER: 9}, earliest={}, assigned={_RAW, _OTHER})
    consumer = await _consumer(app, known={_RAW: 120}, thread=thread)
    assert await consumer.seek_to_committed() == {_RAW: 120, _OTHER: 9}
    assert thread.sought == {_RAW: 120}


async def test_without_a_log_a_partition_begins_at_its_first_offset_whatever_was_committed(app: WorkerApp) -> None:
    thread = ConsumerThread(committed={_RAW: 77}, earliest={_RAW: 40}, assigned={_RAW})
    consumer = await _consumer(app, known={}, thread=thread)
    assert await consumer.seek_to_committed() == {_RAW: 40}
    assert thread.sought == {_RAW: 40}


async def test_without_partitions_nothing_is_sought(app: WorkerApp) -> None:
    thread = ConsumerThread(committed={}, earliest={}, assigned=set())
    assert await (await _consumer(app, known={}, thread=thread)).seek_to_committed() == {}
    assert thread.sought == {}


async def test_what_is_committed_is_what_the_log_covers(app: WorkerApp) -> None:
    consumer = await _consumer(app, known={_RAW: 120})
    consumer._acked[_RAW] = [10, 20]
    consumer._acked_index[_RAW] = {10, 20}
    assert consumer._new_offset(_RAW) == 120
    assert (list(consumer._acked[_RAW]), list(consumer._acked_index[_RAW])) == ([], [])


async def test_offsets_inside_a_batch_are_no_gaps(app: WorkerApp) -> None:
    consumer = await _consumer(app, known={})
    await consumer._add_gap(_RAW, 1, 9)
    assert not consumer._gap[_RAW]
    await consumer._add_gap(_OTHER, 1, 9)
    assert consumer._gap[_OTHER]
