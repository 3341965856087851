"""Prepared batches are what Kafka's clients read, message for message."""

from pathlib import Path

import numpy as np
from aiokafka.record.memory_records import MemoryRecords

from loadtest.defects import Key, Value
from loadtest.generate import Workload, make_chunk
from loadtest.profile import steady
from loadtest.run import Run
from loadtest.scenario import Scenario
from loadtest.suite.kafka_wire import ProducerId
from loadtest.suite.prepare import TICK_US, prepare
from loadtest.suite.prepared import Index, batches_file
from tests.loadtest.scenarios import ROUGH, START_MS, fleet

_PRODUCER = ProducerId(number=77, epoch=3)
_PARTITIONS = 4


def _run() -> Run:
    profile = steady(rate=1_000.0, seconds=4.0)
    scenario = Scenario(
        events=profile.events,
        span_seconds=profile.seconds,
        profile=profile,
        start_ms=START_MS,
        partitions=_PARTITIONS,
        shares=ROUGH,
    )
    return Run(Workload(scenario, fleet()), dict.fromkeys(range(_PARTITIONS), 0))


def test_every_message_is_in_the_batch_of_its_partition_and_tick(tmp_path: Path) -> None:
    run = _run()
    index = prepare(run, tmp_path, _PRODUCER)
    whole = batches_file(tmp_path).read_bytes()
    found: dict[int, list[tuple[Key, Value]]] = {number: [] for number in range(_PARTITIONS)}
    for number in range(len(index)):
        start = int(index.starts[number])
        records = MemoryRecords(whole[start : start + int(index.lengths[number])])
        batch = records.next_batch()
        assert batch is not None
        assert batch.validate_crc()
        messages = [(record.key, record.value) for record in batch]
        assert len(messages) == index.events[number]
        found[int(index.partitions[number])] += messages
        assert not records.has_next()
    scenario = run.workload.scenario
    chunk = make_chunk(scenario, run.workload.fleet, run.workload.timeline)
    for number, messages in found.items():
        rows = np.flatnonzero(chunk.partitions == number).tolist()
        assert messages == [(chunk.keys[row], chunk.values[row]) for row in rows]


def test_an_event_is_due_within_a_tick_after_it_is_meant_to_be_sent(tmp_path: Path) -> None:
    run = _run()
    index = prepare(run, tmp_path, _PRODUCER)
    meant_us = run.workload.timeline.publish_us
    for number in range(_PARTITIONS):
        mine = index.partitions == number
        due = np.repeat(index.due_us[mine], index.events[mine])
        waits = due - meant_us[run.published.partition == number]
        assert np.all((waits > 0) & (waits <= TICK_US))


def test_the_index_on_disk_is_the_index(tmp_path: Path) -> None:
    index = prepare(_run(), tmp_path, _PRODUCER)
    saved = Index.load(tmp_path)
    assert np.array_equal(saved.due_us, index.due_us)
    assert saved.ticks().tolist() == index.ticks().tolist()
    assert saved.ticks()[-1] == len(index)


def test_everything_prepared_is_recorded(tmp_path: Path) -> None:
    run = _run()
    index = prepare(run, tmp_path, _PRODUCER)
    assert len(run) == int(index.events.sum()) == 4_000
