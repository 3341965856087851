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

    @property
    def waiting_from(self) -> int | None:
        """Offset of the first record that has not taken effect yet though `work` got it; None if all have."""

    @property
    def due(self) -> bool:
        """True when `work` should be called for the sake of records that wait, even without new ones."""

    def start(self) -> int:
        """Return the offset to begin at, as the store says; called once, before the first record."""

    def work(self, records: Sequence[Record]) -> list[LedgerRow]:
        """Return what the ledger must say of the records that have taken effect by now, in order.

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
        self._given = 0

    def start(self) -> int:
        """Return the offset to begin at; takes as long as the store is away."""
        self.next_offset = self._given = self._work.start()
        return self.next_offset

    @property
    def held_bytes(self) -> int:
        """Bytes that wait or are being worked on."""
        return self._held_bytes

    @property
    def idle(self) -> bool:
        """True when all that was put in has taken effect, or never will."""
        return not self._busy and (self._permit.dropped or self._work.waiting_from is None)

    def put(self, record: Record) -> None:
        """Add the next record."""
        with self._lock:
            self._queue.append(record)
            self._held_bytes += _size(record)
            wake, self._busy = not self._busy, True
        if wake:
            self._pool.submit(self._run)

    def nudge(self) -> None:
        """Have records that wait worked on if they are due; call it often."""
        with self._lock:
            wake = not self._busy and not self._permit.dropped and self._work.due
            self._busy = self._busy or wake
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
            if records or self._work.due:
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
        self._given = records[-1].offset + 1 if records else self._given
        waiting_from = self._work.waiting_from
        before, self.next_offset = self.next_offset, self._given if waiting_from is None else waiting_from
        if rows or self.next_offset != before:
            with self._lock:
                self._finished.append(Finished(self.next_offset, rows))


def _size(record: Record) -> int:
    return len(record.value or b"") + _RECORD_BYTES
