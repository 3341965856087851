import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from itertools import pairwise

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from confluent_kafka import Producer
from hypothesis import given
from hypothesis import strategies as st

from deploy.kafka.broker import Broker
from deploy.kafka.topics import TopicSpec, create_topics
from streams.transport.fetcher import BatchFetcher, RawBatch, WholePartition, whole_batches
from streams.transport.record_batch import read_records
from tests.streams.transport.batches import CONTROL, Codec, Sent, batch_of, with_last_delta

_SECONDS = 30.0
_TP = TopicPartition("raw", 3)


def _records(count: int) -> list[Sent]:
    return [Sent(b"key", bytes([number])) for number in range(count)]


@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=4),
    st.integers(0, 1 << 40),
    st.sampled_from(Codec),
    st.integers(-100, -1),
)
def test_a_batch_cut_off_by_the_fetch_size_is_left_out(sizes: list[int], base: int, codec: Codec, cut: int) -> None:
    data, behind = b"", base
    for size in sizes:
        data += batch_of(_records(size), base=behind, codec=codec)
        behind += size
    assert whole_batches(data) == (data, behind)
    assert whole_batches(data + batch_of(_records(9), base=behind)[:cut]) == (data, behind)


def test_no_whole_batch_has_no_offset_behind() -> None:
    assert whole_batches(b"") == (b"", None)
    assert whole_batches(batch_of(_records(2))[:-1]) == (b"", None)


def test_offsets_a_batch_covers_without_records_count() -> None:
    assert whole_batches(with_last_delta(batch_of(_records(2), base=10), 7))[1] == 18


def test_a_control_batch_moves_the_offset_too() -> None:
    assert whole_batches(batch_of([Sent(b"\0" * 4, b"\0" * 6)], base=10, attributes=CONTROL))[1] == 11


@given(st.binary(max_size=200), st.lists(st.tuples(st.integers(0, 99), st.integers(0, 255)), max_size=4))
def test_damaged_bytes_never_keep_it_busy(data: bytes, damage: list[tuple[int, int]]) -> None:
    whole_batches(data)
    batch = bytearray(batch_of(_records(2)) * 2)
    for at, byte in damage:
        batch[at] = byte
    whole_batches(bytes(batch))


def test_a_batch_that_says_it_is_shorter_than_nothing_is_not_whole() -> None:
    batch = bytearray(batch_of(_records(2)))
    struct.pack_into(">i", batch, 8, -12)
    assert whole_batches(bytes(batch)) == (b"", None)


def test_a_fetched_partition_is_one_piece_and_moves_the_position_behind_it() -> None:
    data = batch_of(_records(5), base=10)
    whole = WholePartition(_TP, data, 12)
    assert list(whole) == [RawBatch("raw", 3, 12, 14, data)]
    assert whole.next_fetch_offset == 15


def test_parts_of_fetches_that_were_cut_off_can_be_joined() -> None:
    first, second, third = (batch_of(_records(2), base=base) for base in (10, 12, 14))
    (one,) = WholePartition(_TP, first + second[:-3], 10)
    (other,) = WholePartition(_TP, second + third[:70], 12)
    assert read_records(one.data + other.data).offsets.tolist() == [10, 11, 12, 13]


@pytest.mark.parametrize("data", [b"", batch_of(_records(5), base=10)[:-1], batch_of(_records(2), base=10)])
def test_a_part_with_nothing_new_yields_nothing_and_keeps_the_position(data: bytes) -> None:
    whole = WholePartition(_TP, data, 12)
    assert list(whole) == []
    assert whole.next_fetch_offset == 12


@pytest.fixture
async def topic(kafka: Broker, unique_name: Callable[[str], str]) -> str:
    """Return a topic of one partition with 1,000 records, in batches of all codecs."""
    name = unique_name("fetch")
    await asyncio.to_thread(_fill, kafka.bootstrap, name)
    return name


def _fill(bootstrap: str, topic: str) -> None:
    create_topics(bootstrap, [TopicSpec(name=topic, partitions=1)])
    for part, codec in enumerate(Codec):
        producer = Producer(
            {"bootstrap.servers": bootstrap, "compression.type": codec.name.lower(), "batch.num.messages": 50}
        )
        for number in range(200 * part, 200 * (part + 1)):
            producer.produce(topic, str(number).encode())
        assert producer.flush(_SECONDS) == 0


@pytest.fixture
async def consumer(kafka: Broker, topic: str) -> AsyncIterator[AIOKafkaConsumer]:
    """Return a consumer of the topic with the batch fetcher in it, started and unassigned."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap, group_id=None, enable_auto_commit=False)
    await consumer.start()
    BatchFetcher.install(consumer, batch_topics=[topic], linger_ms=100, least_bytes=1)
    yield consumer
    await consumer.stop()


async def _fetch(consumer: AIOKafkaConsumer, tp: TopicPartition, *, until: int) -> list[RawBatch]:
    batches: list[RawBatch] = []
    async with asyncio.timeout(_SECONDS):
        while not batches or batches[-1].last < until:
            batches += (await consumer.getmany(tp, timeout_ms=1_000)).get(tp, [])
    return batches


@pytest.mark.integration
async def test_the_linger_begins_with_the_first_events(consumer: AIOKafkaConsumer, topic: str) -> None:
    tp = TopicPartition(topic, 0)
    assert consumer._fetcher._fetch_max_wait_ms < 100
    consumer.assign([tp])
    consumer.seek(tp, 0)
    await _fetch(consumer, tp, until=999)
    assert consumer._fetcher._fetch_max_wait_ms == 100


@pytest.mark.integration
async def test_a_real_consumer_yields_whole_batches_without_a_hole(consumer: AIOKafkaConsumer, topic: str) -> None:
    tp = TopicPartition(topic, 0)
    consumer.assign([tp])
    consumer.seek(tp, 0)
    batches = await _fetch(consumer, tp, until=999)
    assert len(batches) < 100
    records = [read_records(batch.data).since(batch.first) for batch in batches]
    values = [part.values.message(row) for part in records for row in range(len(part))]
    assert values == [str(number).encode() for number in range(1_000)]
    assert all(one.last + 1 == other.first for one, other in pairwise(batches))


@pytest.mark.integration
async def test_a_seek_into_a_batch_begins_there(consumer: AIOKafkaConsumer, topic: str) -> None:
    tp = TopicPartition(topic, 0)
    consumer.assign([tp])
    consumer.seek(tp, 777)
    first = (await _fetch(consumer, tp, until=777))[0]
    assert first.first == 777
    assert read_records(first.data).since(first.first).offsets[0] == 777


@pytest.mark.integration
async def test_other_topics_come_record_by_record(
    kafka: Broker, consumer: AIOKafkaConsumer, unique_name: Callable[[str], str]
) -> None:
    other = unique_name("records")
    await asyncio.to_thread(_fill, kafka.bootstrap, other)
    tp = TopicPartition(other, 0)
    consumer.assign([tp])
    consumer.seek(tp, 995)
    fetched = (await consumer.getmany(tp, timeout_ms=int(_SECONDS * 1000)))[tp]
    assert [(record.offset, record.value) for record in fetched[:2]] == [(995, b"995"), (996, b"996")]
