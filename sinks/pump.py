"""Land one partition of a landing topic, exactly once: the commit protocol.

The ledger in ClickHouse is the only stored position; everything else is derived from it and from the landing log.

On assignment
  (1) read the mark: the last source offset the ledger covers, and the next landing offset;
  (2) be careful: a predecessor may have inserted what its ledger row never told, so rows are compared with the table
      until a message is met of which nothing is there (a predecessor can't have come further);
  (3) seek to the next landing offset.
For each landing message, in the order of the log
  (4) cut off what is covered already; refuse a hole;
  (5) decide the rows the worker could not, by what landed before them;
  (6) while careful, drop rows that are in the table;
  (7) insert the rows, then the rejects, under tokens made from the landing position; while careful, and for a while
      after any failure, look whether all of them are there, and insert again what is missing.
Together for many messages (`landing_consumer`)
  (8) record their ledger rows, in one insert;
  (9) only then commit Kafka's offsets: a hint for lag monitors, read by nobody here.

Why it is exact. What (4) and (5) make of a message follows from the log before it alone, so two sinks that work on
the same partition at once (one of them paused, or not yet told that it lost it) send the same rows under the same
token, and the server keeps one copy. A crash between (7) and (8) is repaired by (2) and (6), however long ago it was.
The ledger replaces equal rows, and has no hole because (8) keeps the order of the log.
"""

from collections.abc import Sequence

from schemas.kinds import Feed
from schemas.landing import LandingMessage, MalformedLanding
from schemas.trim import after
from sinks.caution import Caution
from sinks.clocks import SkewedDevices
from sinks.errors import SinkStopped
from sinks.ledger import LedgerRow, Mark
from sinks.patience import Patience
from sinks.placement import Placement
from sinks.recheck import recheck
from sinks.record import Record
from sinks.sink_metrics import SinkMetrics
from sinks.writer import Writer

DEAD_LETTERS = "dead_letters"


class PartitionPump:
    """Lands the messages of one assigned partition; one thread at a time, a new one for each assignment."""

    #: One message is one insert: its token must not depend on what else was waiting.
    most_records = 1

    def __init__(
        self,
        *,
        feed: Feed,
        partition: int,
        writer: Writer,
        patience: Patience,
        caution: Caution,
        metrics: SinkMetrics,
    ) -> None:
        """Take what to land where; nothing happens before `start`."""
        self._feed, self._partition = feed, partition
        self._writer, self._patience, self._metrics = writer, patience, metrics
        self._placement = Placement(writer=writer, patience=patience, caution=caution, metrics=metrics)
        self._skewed = SkewedDevices(
            lambda: self._patience.answer(lambda: self._writer.skewed_devices(feed, partition)).value
        )
        self._mark: Mark | None = None

    def start(self) -> int:
        """Do the steps of an assignment and return the landing offset to seek to."""
        # (1) The mark.
        self._mark = self._patience.answer(lambda: self._writer.mark(self._feed, self._partition)).value
        # (2) `Placement` begins carefully.
        # (3) The first message the ledger does not have.
        return self._mark.next_landing if self._mark else 0

    def work(self, records: Sequence[Record]) -> list[LedgerRow]:
        """Land messages one by one, as `land` does, and return their ledger rows."""
        rows = [self.land(record) for record in records]
        return [row for row in rows if row]

    def land(self, record: Record) -> LedgerRow | None:
        """Land one message and return its ledger row; None when all it covers was covered before.

        Returns only when every row is in the table, once. Raises Abandoned when the partition is no longer ours, and
        SinkStopped for a hole, a message that is not of this log, or a store that refuses.
        """
        # (4) What is covered already, and holes.
        message = self._uncovered(self._parse(record))
        if message is None:
            return None
        # (5) Rows whose verdict is ours.
        message = self._decided(message)
        # (6) and (7) Rows, then rejects.
        feed, counts = self._feed, message.counts
        position = f"{record.topic}:{record.partition}:{record.offset}"
        for table, block, count in (
            (feed.table, message.rows, counts.landed),
            (DEAD_LETTERS, message.rejects, counts.rejected),
        ):
            self._placement.place(
                feed=feed,
                partition=self._partition,
                table=table,
                block=block,
                count=count,
                token=f"{position}:{table}",
            )
        self._skewed.learn(message.rows)
        row = LedgerRow(
            feed=feed,
            partition=self._partition,
            first=message.first,
            last=message.last,
            landing_offset=record.offset,
            counts=counts,
        )
        self._mark = row.mark
        return row

    def _parse(self, record: Record) -> LandingMessage:
        where = f"{record.topic} partition {record.partition} offset {record.offset}"
        try:
            message = LandingMessage.parse(value=record.value, headers=record.headers)
        except MalformedLanding as error:
            raise SinkStopped(f"The record at {where} is {error}.") from error
        if (message.feed, message.partition) != (self._feed, self._partition):
            raise SinkStopped(f"The record at {where} is of feed {message.feed.name}, partition {message.partition}.")
        if not message.counts.balanced:
            raise SinkStopped(f"The counts of the landing message at {where} don't add up: {message.counts}.")
        return message

    def _uncovered(self, message: LandingMessage) -> LandingMessage | None:
        if self._mark is None:
            return message
        if message.first > self._mark.last + 1:
            raise SinkStopped(
                f"The landing log of {self._feed.name}, partition {self._partition}, has a hole: source offsets "
                f"{self._mark.last + 1} to {message.first - 1} are missing. Find out who wrote or deleted it."
            )
        rest = after(message, self._mark.last)
        cut = message.counts.seen - (rest.counts.seen if rest else 0)
        if cut:
            self._metrics.trimmed.labels(self._feed.name).inc(cut)
        return rest

    def _decided(self, message: LandingMessage) -> LandingMessage:
        if not message.checked:
            return message
        with self._metrics.time("check"):
            decided = recheck(
                message,
                skewed=self._skewed,
                find_earlier=lambda lookup: self._patience.answer(lambda: self._writer.earlier(lookup)).value,
            )
        self._metrics.count_checked(message, decided)
        return decided
