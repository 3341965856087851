"""Steps 8 and 9 of the commit protocol: one ledger insert for what many partitions finished, then the offsets."""

from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass

from sinks.errors import Abandoned
from sinks.fence import Permit
from sinks.lane import Lane
from sinks.ledger import LedgerRow
from sinks.patience import Patience
from sinks.sink_metrics import SinkMetrics
from sinks.writer import Writer

#: The next offset of each (topic, partition).
Offsets = dict[tuple[str, int], int]


@dataclass(frozen=True, slots=True)
class _Flight:
    offsets: Offsets
    done: Future[None]


class LedgerFlush:
    """Records finished messages, one insert at a time; the main thread calls it often, and it never blocks.

    An insert holds all that is finished, in the order of each partition, and the next one starts only when it is
    acknowledged: so the ledger gets no hole, whenever the sink dies.
    """

    def __init__(
        self,
        *,
        writer: Writer,
        permit: Permit,
        metrics: SinkMetrics,
        thread: Executor,
        clock: Callable[[], float],
        linger_seconds: float,
    ) -> None:
        """Take a thread of its own, and how long to wait for company."""
        self._writer, self._permit, self._metrics = writer, permit, metrics
        self._patience = Patience(ours=permit.check, wait=permit.wait, failed=metrics.count_error)
        self._thread, self._clock, self._linger_seconds = thread, clock, linger_seconds
        self._flight: _Flight | None = None
        self._last = clock()

    def turn(self, lanes: Iterable[Lane]) -> Offsets:
        """Start the next insert if it is time; return the offsets whose insert was acknowledged meanwhile.

        Raises what made an insert fail for good.
        """
        acknowledged = self._acknowledged()
        if self._flight is None and self._clock() - self._last >= self._linger_seconds:
            self._last = self._clock()
            self._start(lanes)
        return acknowledged

    def finish(self, lanes: Iterable[Lane], most_seconds: float) -> Offsets:
        """Record everything finished, wait for it (twice `most_seconds` at most), and record nothing any more."""
        offsets = self._wait(most_seconds)
        if self._flight is None:
            self._start(lanes)
        offsets |= self._wait(most_seconds)
        self.drop()
        return offsets

    def drop(self) -> None:
        """Record nothing any more."""
        self._permit.drop()

    def _start(self, lanes: Iterable[Lane]) -> None:
        offsets: Offsets = {}
        rows: list[LedgerRow] = []
        for lane in lanes:
            finished = lane.take_finished()
            if finished:
                offsets[lane.topic, lane.partition] = finished.next_offset
                rows += finished.rows
        if offsets:
            self._flight = _Flight(offsets, self._thread.submit(self._record, rows))

    def _record(self, rows: list[LedgerRow]) -> None:
        if not rows:
            return
        # (8) One insert for all of them.
        with self._metrics.time("ledger"):
            self._patience.answer(lambda: self._writer.record(rows))
        self._metrics.count_ledger(rows)

    def _wait(self, most_seconds: float) -> Offsets:
        if self._flight:
            wait([self._flight.done], timeout=most_seconds)
        return self._acknowledged()

    def _acknowledged(self) -> Offsets:
        if self._flight is None or not self._flight.done.done():
            return {}
        flight, self._flight = self._flight, None
        try:
            flight.done.result()
        except Abandoned:
            return {}
        return flight.offsets
