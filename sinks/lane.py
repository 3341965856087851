"""One assigned partition's queue: records go through its work in order, one thread at a time."""

import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Protocol

from sinks.errors import Abandoned
from sinks.fence import Permit
from sinks.ledger import LedgerRow
from sinks.record import Record

#: What a record costs besides its value: headers, Python objects.
_RECORD_BYTES = 1_000


class PartitionWork(Protocol):
    """What is done with the records of one partition. One thread at a time calls it."""

    @property
    def most_records(self) -> int:
        """How many records `work` may get at once."""

    def start(self) -> int:
        """Return the offset to begin at, as the store says; called once, before the first record."""

    def work(self, records: Sequence[Record]) -> list[LedgerRow]:
        """Return once the records have taken effect, with what the ledger must say of them.

        Raises Abandoned when the partition is another's now, and SinkStopped.
        """


@dataclass(frozen=True, slots=True)
class Finished:
    """Records that took effect: the offset after them, and their ledger rows."""

    next_offset: int
    rows: list[LedgerRow]


class Lane:
    """Feeds the records of one assignment to its work on a shared pool of threads."""

    def __init__(self, *, topic: str, partition: int, work: PartitionWork, permit: Permit, pool: Executor) -> None:
        """Take the work and the permit it was given; `put` starts it."""
        self.topic, self.partition = topic, partition
        self.failure: BaseException | None = None
        self.next_offset = 0
        self._work, self._permit, self._pool = work, permit, pool
        self._lock = threading.Lock()
        self._queue: deque[Record] = deque()
        self._finished: list[Finished] = []
        self._busy = False
        self._held_bytes = 0

    def start(self) -> int:
        """Return the offset to begin at; takes as long as the store is away."""
        self.next_offset = self._work.start()
        return self.next_offset

    @property
    def held_bytes(self) -> int:
        """Bytes that wait or are being worked on."""
        return self._held_bytes

    @property
    def idle(self) -> bool:
        """True when all that was put in has been worked on."""
        return not self._busy

    def put(self, record: Record) -> None:
        """Add the next record."""
        with self._lock:
            self._queue.append(record)
            self._held_bytes += _size(record)
            wake, self._busy = not self._busy, True
        if wake:
            self._pool.submit(self._run)

    def close(self) -> None:
        """Forget what waits; what is being worked on may end and is reported."""
        with self._lock:
            self._queue.clear()

    def drop(self) -> None:
        """Forget everything: nothing is reported any more, and no further request is sent."""
        self._permit.drop()
        self.close()

    def take_finished(self) -> Finished | None:
        """Return what has taken effect since the last call; None for nothing, and once dropped."""
        with self._lock:
            finished, self._finished = self._finished, []
        if not finished or self._permit.dropped:
            return None
        return Finished(finished[-1].next_offset, [row for part in finished for row in part.rows])

    def _run(self) -> None:
        """Work on one portion, then queue up again behind the other lanes."""
        with self._lock:
            records = [self._queue.popleft() for _ in range(min(len(self._queue), self._work.most_records))]
        try:
            if records:
                self._finish(records, self._work.work(records))
        except Abandoned:
            self.drop()
        except BaseException as failure:  # noqa: BLE001 -- whoever reads `failure` raises it
            self.failure = failure
            self.drop()
        with self._lock:
            self._held_bytes -= sum(map(_size, records))
            self._busy = again = bool(self._queue)
        if again:
            self._pool.submit(self._run)

    def _finish(self, records: Sequence[Record], rows: list[LedgerRow]) -> None:
        with self._lock:
            self.next_offset = records[-1].offset + 1
            self._finished.append(Finished(self.next_offset, rows))


def _size(record: Record) -> int:
    return len(record.value or b"") + _RECORD_BYTES
