"""Step 4 of the commit protocol: read landing messages, cut off what is covered, refuse holes."""

from schemas.kinds import Feed
from schemas.landing import LandingMessage, MalformedLanding
from schemas.trim import after
from sinks.blocks import count_rows
from sinks.errors import SinkStopped
from sinks.record import Record


class Intake:
    """Takes one partition's messages in the order of the log, each source offset once."""

    def __init__(self, feed: Feed, partition: int, *, covered: int | None) -> None:
        """Take the last source offset that is covered already; None when nothing ever was."""
        self._feed, self._partition = feed, partition
        self._covered = covered
        #: Events cut off so far.
        self.trimmed = 0

    def take(self, record: Record) -> LandingMessage | None:
        """Return the message, or the part of it that is not covered yet; None when all of it is.

        Raises SinkStopped for a hole, and for a record that is not a message of this log.
        """
        message = self._parse(record)
        rest = self._uncovered(message)
        self.trimmed += message.counts.seen - (rest.counts.seen if rest else 0)
        if rest:
            self._covered = rest.last
        return rest

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
        rows, rejects = count_rows(message.settled) + count_rows(message.unsettled), count_rows(message.rejects)
        if (rows, rejects) != (message.counts.landed, message.counts.rejected):
            raise SinkStopped(
                f"The landing message at {where} says {message.counts.landed} rows and {message.counts.rejected} dead "
                f"letters, and holds {rows} and {rejects}."
            )
        return message

    def _uncovered(self, message: LandingMessage) -> LandingMessage | None:
        if self._covered is None:
            return message
        if message.first > self._covered + 1:
            raise SinkStopped(
                f"The landing log of {self._feed.name}, partition {self._partition}, has a hole: source offsets "
                f"{self._covered + 1} to {message.first - 1} are missing. Find out who wrote or deleted it."
            )
        return after(message, self._covered)
