"""Lanes land the batches of each partition in order, one at a time, and hold up nobody else's."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from prometheus_client import CollectorRegistry

from schemas.kinds import CASE, CHECKPOINT, VENUE
from streams.alerts.scan_alerts import AlertMessage
from streams.batch import BatchProcessor, Processed
from streams.gather import Pace
from streams.lanes import Lanes, lane_key, pieces_of
from streams.metrics import WorkerMetrics
from streams.partition import Partition
from streams.registry.snapshot import Snapshot
from streams.transport.fetcher import RawBatch
from streams.transport.record_batch import CorruptBatch, Records
from streams.window.rules import WindowRules
from tests.streams.lanes_rig import SECONDS, Log, RawTopics, Rig
from tests.streams.raw import raw_batch, walkers
from tests.waiting import until_async


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as threads:
        yield threads


@pytest.fixture
def quiet_executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as threads:
        yield threads


@pytest.fixture
async def rig(executor: ThreadPoolExecutor, quiet_executor: ThreadPoolExecutor) -> AsyncIterator[Rig]:
    log, topics, failures, registry = Log(), RawTopics(), list[BaseException](), CollectorRegistry()
    lanes = Lanes(
        publish=log.append,
        alert=log.alert,
        prepared=log.prepared,
        source=topics,
        fail=failures.append,
        snapshot=lambda: Snapshot.build(places={}, areas={}, devices={}),
        metrics=WorkerMetrics(registry),
        executor=executor,
        quiet_executor=quiet_executor,
        pace=Pace(linger_seconds=0.2, now=time.monotonic, behind=lambda _lane: 0),
    )
    yield Rig(lanes, log, topics, failures, registry)
    await lanes.close()


async def test_batches_of_a_partition_land_in_order_without_a_hole(rig: Rig) -> None:
    rig.open()
    for first in range(0, 50, 5):
        await rig.submit(raw_batch(walkers(5, first=first + 1), first=first))
    await rig.until_finished(10)
    assert rig.log.of(0)[0] == (0, 4)
    assert all(one[1] + 1 == other[0] for one, other in pairwise(rig.log.of(0)))
    assert rig.lanes.next_offset(lane_key(VENUE, 0)) == 50


async def test_nothing_is_processed_before_the_worker_is_prepared(rig: Rig) -> None:
    rig.log.is_prepared.clear()
    rig.open()
    await rig.submit(raw_batch(walkers(3)))
    await asyncio.sleep(0)
    assert rig.lanes.next_offset(lane_key(VENUE, 0)) == 0
    rig.log.is_prepared.set()
    await rig.until_finished(1)


async def test_a_batch_is_done_only_when_the_log_has_it(rig: Rig) -> None:
    rig.open()
    rig.log.open.clear()
    await rig.submit(raw_batch(walkers(3)))
    await asyncio.wait_for(rig.log.waiting.wait(), SECONDS)
    assert rig.finished == []
    rig.log.open.set()
    await rig.until_finished(1)


async def test_a_partition_that_waits_for_the_broker_does_not_hold_up_another(rig: Rig) -> None:
    rig.open(0)
    rig.open(1)
    rig.log.open.clear()
    await rig.submit(raw_batch(walkers(3), partition=0))
    await asyncio.wait_for(rig.log.waiting.wait(), SECONDS)
    rig.log.waiting.clear()
    await rig.submit(raw_batch(walkers(3), partition=1))
    await asyncio.wait_for(rig.log.waiting.wait(), SECONDS)
    rig.log.open.set()
    await rig.until_finished(2)
    assert rig.log.of(0) == rig.log.of(1) == [(0, 2)]


async def test_a_case_does_not_wait_for_the_threads_that_work_on_scans(rig: Rig, executor: ThreadPoolExecutor) -> None:
    rig.open(feed=VENUE)
    rig.open(feed=CASE)
    backlog_is_done = threading.Event()
    backlog = [executor.submit(backlog_is_done.wait, SECONDS) for _ in range(10)]
    await rig.submit(raw_batch(walkers(3)))
    await rig.submit(raw_batch(walkers(2), feed=CASE))
    await rig.until_finished(1)
    assert [(message.feed, message.last) for message in rig.log.messages] == [(CASE, 1)]
    backlog_is_done.set()
    await rig.until_finished(2)
    assert all(job.result() for job in backlog)


async def test_a_batch_the_log_covers_is_done_and_published_no_more(rig: Rig) -> None:
    rig.open(next_offset=10)
    await rig.submit(raw_batch(walkers(5), first=5))
    await rig.until_finished(1)
    assert rig.log.messages == []


async def test_of_a_batch_the_log_covers_in_part_the_rest_lands(rig: Rig) -> None:
    rig.open(next_offset=7)
    await rig.submit(raw_batch(walkers(5), first=5))
    await rig.until_finished(1)
    assert rig.log.of(0) == [(7, 9)]
    assert rig.log.messages[0].counts.seen == 3


async def test_a_batch_from_further_on_is_dropped_and_the_source_sought_back(rig: Rig) -> None:
    rig.open(next_offset=3)
    await rig.submit(raw_batch(walkers(5), first=5))
    await until_async(lambda: bool(rig.topics.sought))
    assert rig.topics.sought == [(lane_key(VENUE, 0), 3)]
    await rig.submit(raw_batch(walkers(7), first=3))
    await rig.until_finished(1)
    assert rig.log.of(0) == [(3, 9)]


async def test_offsets_deleted_before_they_were_read_are_covered_as_a_gap(rig: Rig) -> None:
    rig.open(next_offset=3)
    rig.topics.earliest_offset = 5
    await rig.submit(raw_batch(walkers(5), first=5))
    await rig.until_finished(1)
    (message,) = rig.log.messages
    assert (message.first, message.last, message.counts.seen) == (3, 9, 5)
    assert rig.topics.sought == []


async def test_a_partition_nothing_is_known_of_starts_where_its_source_does(rig: Rig) -> None:
    rig.open(next_offset=None)
    await rig.submit(raw_batch(walkers(5), first=40))
    await rig.until_finished(1)
    assert rig.log.of(0) == [(40, 44)]


async def test_batches_of_partitions_that_are_not_ours_are_dropped(rig: Rig) -> None:
    rig.open(0)
    await rig.submit(raw_batch(walkers(5), partition=1))
    await rig.submit(raw_batch(walkers(5), feed=CHECKPOINT))
    assert rig.log.messages == []
    assert rig.lanes.next_offset(lane_key(VENUE, 1)) is None


async def test_a_full_lane_makes_the_agent_wait_and_closing_lets_it_go(rig: Rig) -> None:
    rig.open()
    rig.log.open.clear()
    first = 0
    submitted = asyncio.create_task(rig.submit(raw_batch(walkers(1))))
    while True:
        done, _ = await asyncio.wait([submitted], timeout=0.2)
        if not done:
            break
        first += 1
        submitted = asyncio.create_task(rig.submit(raw_batch(walkers(1, first=first + 1), first=first)))
    assert 2 <= first <= 4
    await rig.lanes.close()
    await submitted
    assert rig.log.messages == []


async def test_closing_gives_up_what_is_not_published_yet(rig: Rig) -> None:
    rig.open()
    rig.log.open.clear()
    await rig.submit(raw_batch(walkers(3)))
    await asyncio.wait_for(rig.log.waiting.wait(), SECONDS)
    await rig.lanes.close()
    rig.log.open.set()
    assert rig.lanes.next_offset(lane_key(VENUE, 0)) is None
    rig.open(next_offset=0)
    await rig.submit(raw_batch(walkers(3)))
    await rig.until_finished(1)
    assert rig.log.of(0) == [(0, 2)]


async def test_a_batch_that_cannot_be_read_fails_the_worker(rig: Rig) -> None:
    rig.open()
    batch = raw_batch(walkers(3))
    damaged = bytearray(batch.data)
    damaged[-1] ^= 1
    await rig.submit(RawBatch(batch.topic, 0, 0, 2, bytes(damaged)))
    await until_async(lambda: bool(rig.failures))
    assert isinstance(rig.failures[0], CorruptBatch)
    assert rig.finished == []


async def test_closing_is_no_failure(rig: Rig) -> None:
    rig.open()
    await rig.lanes.close()
    assert rig.failures == []


async def test_lag_is_what_the_log_does_not_cover(rig: Rig) -> None:
    rig.open()
    rig.topics.end_offset = 12
    await rig.submit(raw_batch(walkers(5)))
    await rig.until_finished(1)
    rig.lanes.report()
    labels = {"feed": "venue", "partition": "0"}
    assert rig.registry.get_sample_value("scanstream_source_lag_events", labels) == 7
    rig.topics.end_offset = None
    rig.lanes.report()
    assert rig.registry.get_sample_value("scanstream_source_lag_events", labels) == 7


def test_a_batch_of_moderate_size_is_one_piece() -> None:
    ((records, last),) = pieces_of(raw_batch(walkers(5), first=2))
    assert (records.offsets.tolist(), last) == ([2, 3, 4, 5, 6], 6)


def test_pieces_cover_their_batch_with_the_last_up_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.lanes._PIECE_EVENTS", 2)
    batch = raw_batch(walkers(5), first=2)
    pieces = pieces_of(RawBatch(batch.topic, 0, 2, 9, batch.data))
    assert [(records.offsets.tolist(), last) for records, last in pieces] == [([2, 3], 3), ([4, 5], 5), ([6], 9)]


def test_a_batch_without_records_still_covers_its_offsets() -> None:
    ((records, last),) = pieces_of(RawBatch(VENUE.topic, 0, 2, 9, b""))
    assert (len(records), last) == (0, 9)


async def test_alerts_are_raised_before_the_log_says_that_the_events_are_done(rig: Rig) -> None:
    isolated = AlertMessage(b"key", b"value")

    class Alarming(Partition):
        """A partition whose every batch raises an alert."""

        def process(self, *, records: Records, last: int, snapshot: Snapshot) -> Processed | None:
            processed = super().process(records=records, last=last, snapshot=snapshot)
            return None if processed is None else processed._replace(alerts=[isolated])

    rules = WindowRules(rescan_ms=VENUE.rescan_window_ms)
    fresh = Alarming.fresh(processor=BatchProcessor(feed=VENUE), number=0, rules=rules)
    rig.lanes.open(lane_key(VENUE, 0), fresh)
    await rig.submit(raw_batch(walkers(3)))
    await rig.until_finished(1)
    assert rig.log.alerts == [(isolated, 0)]
