"""Make all of a scenario's record batches before it starts, so that the timed part only sends them."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import numpy as np

from loadtest.draw import Ints
from loadtest.generate import Messages, Workload, make_messages
from loadtest.run import Run
from loadtest.suite.kafka_wire import ProducerId
from loadtest.suite.prepared import Index, batches_file
from loadtest.suite.record_batch import encode_records, make_batch
from loadtest.timeline import Timeline

OnProgress = Callable[[int, int], None]

#: A producer waits this long for company, as a gateway's would under load; its time counts as latency.
TICK_US = 20_000
_CHUNK_EVENTS = 100_000
#: numpy and the kernels let go of the interpreter; more threads than cores only use memory.
_THREADS = 2


def prepare(run: Run, directory: Path, producer: ProducerId, *, on_progress: OnProgress | None = None) -> Index:
    """Write the batches of the run's workload into `directory`, note all its events in the run, return the index.

    A batch holds the events of one partition and one tick of 20 ms, and is due at the tick's end.
    """
    writer = _Writer(run, producer)
    with batches_file(directory).open("wb") as file:
        for done, messages in _made(run.workload):
            run.note(messages)
            writer.write(file, messages)
            if on_progress:
                on_progress(done, len(run.workload))
    index = writer.index()
    index.save(directory)
    return index


def _made(workload: Workload) -> Iterator[tuple[int, Messages]]:
    """Make messages chunk by chunk, whole ticks each, some chunks ahead."""
    edges = _chunk_edges(workload.timeline)
    with ThreadPoolExecutor(_THREADS) as pool:
        waiting: list[tuple[int, Future[Messages]]] = []
        for start, end in pairwise(edges):
            part = workload.timeline[start:end]
            waiting.append((end, pool.submit(make_messages, workload.scenario, workload.fleet, part)))
            if len(waiting) > _THREADS:
                done, made = waiting.pop(0)
                yield done, made.result()
        for done, made in waiting:
            yield done, made.result()


def _chunk_edges(timeline: Timeline) -> list[int]:
    ticks = timeline.publish_us // TICK_US
    wanted = np.arange(_CHUNK_EVENTS, len(ticks), _CHUNK_EVENTS)
    inner = np.searchsorted(ticks, ticks[wanted])
    return [0, *np.unique(inner[inner > 0]).tolist(), len(ticks)]


class _Writer:
    def __init__(self, run: Run, producer: ProducerId) -> None:
        self._producer = producer
        self._start_ms = run.workload.scenario.start_ms
        self._sequences = dict.fromkeys(run.first_offsets, 0)
        self._rows: list[tuple[int, int, int, int, int]] = []
        self._at = 0

    def write(self, file: BinaryIO, messages: Messages) -> None:
        ticks = messages.timeline.publish_us // TICK_US
        group = ticks * (int(messages.partitions.max()) + 1) + messages.partitions
        rows: Ints = np.argsort(group, kind="stable")
        edges = np.append(np.flatnonzero(np.diff(group[rows], prepend=-1)), len(rows))
        records, ends = encode_records(messages.keys, messages.values, rows=rows, edges=edges)
        whole, start = records.tobytes(), 0
        for (first, after), end in zip(pairwise(edges.tolist()), ends.tolist(), strict=True):
            row = int(rows[first])
            due_us = (int(ticks[row]) + 1) * TICK_US
            self._append(file, whole[start:end], after - first, int(messages.partitions[row]), due_us)
            start = end

    def _append(self, file: BinaryIO, records: bytes, count: int, partition: int, due_us: int) -> None:
        batch = make_batch(
            records,
            count=count,
            first_sequence=self._sequences[partition],
            timestamp_ms=self._start_ms + due_us // 1000,
            producer=self._producer,
        )
        self._sequences[partition] += count
        file.write(batch)
        self._rows.append((self._at, len(batch), count, partition, due_us))
        self._at += len(batch)

    def index(self) -> Index:
        starts, lengths, events, partitions, due_us = np.array(self._rows, np.int64).reshape(-1, 5).T.copy()
        return Index(starts=starts, lengths=lengths, events=events, partitions=partitions, due_us=due_us)
