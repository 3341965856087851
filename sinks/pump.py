"""Land one partition of a landing topic, exactly once: the commit protocol.

The ledger in ClickHouse is the only stored position; everything else is derived from it and from the landing log.

On assignment
  (1) read the mark: the last source offset the ledger covers, and the next landing offset;
  (2) be careful: a predecessor may have inserted what its ledger row never told, so rows are compared with the table
      until a message is met of which nothing is there (a predecessor can't have come further);
  (3) seek to the next landing offset.
For each landing message, in the order of the log
  (4) cut off what is covered already; refuse a hole;
  (5) insert the settled rows, under a token made from the landing position;
  (6) when a lookup is due, decide the rows the worker could not, by what landed before them (one lookup for all
      messages that wait for it, in a thread of its own; settled rows of later messages land meanwhile);
  (7) insert the unsettled rows, under a token of their own.
  Each insert, while careful, leaves out rows that are in the table; while careful, and for a while after any failure,
  it is compared with the table, and what is missing is inserted again.
Together for many messages (`landing_consumer`)
  (8) record their dead letters, then their ledger rows, each in one insert;
  (9) only then commit Kafka's offsets: a hint for lag monitors and the workers' pace; no position.

Why it is exact. What (4) and (6) make of a message follows from the log before it alone, so two sinks that work on
the same partition at once (one of them paused, or not yet told that it lost it) send the same rows under the same
token, and the server keeps one copy. A crash between (5) and (8) is repaired by (2), however long ago it was.
Dead letters and the ledger replace equal rows, and the ledger has no hole because (8) keeps the order of the log.
"""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace

from schemas.kinds import Feed
from schemas.landing import LandingMessage
from sinks.caution import Caution
from sinks.clocks import SkewedDevices
from sinks.intake import Intake
from sinks.ledger import LedgerRow
from sinks.lookups import SharedLookups
from sinks.patience import Patience
from sinks.placement import Piece, Placement
from sinks.recheck import recheck
from sinks.record import Record
from sinks.sink_metrics import SinkMetrics
from sinks.undecided import Undecided
from sinks.writer import Writer


class PartitionPump:
    """Lands the messages of one assigned partition; one thread at a time, a new one for each assignment."""

    #: Messages that wait share one lookup of late rows (6). Each is an insert of its own all the same: its token must
    #: not depend on what else was waiting.
    most_records = 8

    def __init__(
        self,
        *,
        feed: Feed,
        partition: int,
        writer: Writer,
        lookups: SharedLookups,
        lookup_pool: Executor,
        patience: Patience,
        caution: Caution,
        metrics: SinkMetrics,
    ) -> None:
        """Take what to land where, and who asks `writer` about late rows; nothing happens before `start`.

        In a thread of `lookup_pool` rows are decided; the permit's end ends that, too.
        """
        self._feed, self._partition, self._lookups = feed, partition, lookups
        self._writer, self._patience, self._metrics = writer, patience, metrics
        # Each sort of block has its own order, so each is careful for itself.
        self._settled = Placement(writer=writer, patience=patience, caution=caution, metrics=metrics)
        self._unsettled = Placement(writer=writer, patience=patience, caution=caution, metrics=metrics)
        self._skewed = SkewedDevices(
            lambda: self._patience.answer(lambda: self._writer.skewed_devices(feed, partition)).value
        )
        self._intake = Intake(feed, partition, covered=None)
        #: Messages whose settled rows have landed.
        self._undecided = Undecided(decide=self._decided, lookups=lookups, pool=lookup_pool)

    @property
    def waiting_from(self) -> int | None:
        """Landing offset of the first message that waits for a lookup; None if none does."""
        return self._undecided.first_offset

    @property
    def due(self) -> bool:
        """True if messages wait, and a lookup is due or has been answered."""
        return self._undecided.due

    def start(self) -> int:
        """Do the steps of an assignment and return the landing offset to seek to."""
        # (1) The mark.
        mark = self._patience.answer(lambda: self._writer.mark(self._feed, self._partition)).value
        self._intake = Intake(self._feed, self._partition, covered=mark.last if mark else None)
        # (2) `Placement` begins carefully.
        # (3) The first message the ledger does not have.
        return mark.next_landing if mark else 0

    def work(self, records: Sequence[Record]) -> list[LedgerRow]:
        """Land messages in order and return the ledger rows of those that are whole, those that waited first.

        One of which all was covered before has no row. A message's row is returned only when each of its rows is in
        the table, once. Raises Abandoned when the partition is no longer ours, and SinkStopped for a hole, a message
        that is not of this log, or a store that refuses.
        """
        # (4) What is covered already, and holes.
        taken = [(record, message) for record in records if (message := self._take(record))]
        # (5) Rows that land as they are.
        for record, message in taken:
            self._settled.place(self._piece(record, message.settled, "settled"))
            self._skewed.learn(message.skewed)
            self._undecided.put(record, replace(message, settled=b""))
        # (6) Rows whose verdict is ours.
        decided = self._undecided.take()
        # (7) They, too.
        rows = [self._land(record, message) for record, message in decided]
        self._undecided.ask()
        return rows

    def _take(self, record: Record) -> LandingMessage | None:
        before = self._intake.trimmed
        message = self._intake.take(record)
        self._metrics.trimmed.labels(self._feed.name).inc(self._intake.trimmed - before)
        return message

    def _decided(self, messages: Sequence[LandingMessage]) -> list[LandingMessage]:
        """Decide messages in a thread beside the one that lands: it touches nothing that one changes but `_skewed`."""
        if not any(message.checked for message in messages):
            return list(messages)
        with self._metrics.time("check"):
            decided = recheck(
                messages,
                skewed=self._skewed,
                find_earlier=lambda lookup: self._patience.answer(lambda: self._lookups.find(lookup)).value,
            )
        for before, after in zip(messages, decided, strict=True):
            self._metrics.count_checked(before, after)
        return decided

    def _land(self, record: Record, message: LandingMessage) -> LedgerRow:
        self._unsettled.place(self._piece(record, message.unsettled, "unsettled"))
        self._metrics.landed_until(self._feed, message.logged_ms)
        return LedgerRow(
            feed=self._feed,
            partition=self._partition,
            first=message.first,
            last=message.last,
            landing_offset=record.offset,
            counts=message.counts,
            rejects=message.rejects,
        )

    def _piece(self, record: Record, block: bytes, sort: str) -> Piece:
        token = f"{record.topic}:{record.partition}:{record.offset}:{sort}"
        return Piece(feed=self._feed, partition=self._partition, table=self._feed.table, block=block, token=token)
