"""The verdict on one feed: rows, dead letters and ledger against the truth."""

from dataclasses import dataclass

from loadtest.expected import Expected, Tally
from loadtest.ledger import Balance, balance, read_entries
from loadtest.offsets import end_offsets
from loadtest.system import System
from loadtest.verify import Comparison, Record, verify
from schemas.kinds import Feed

_MOST_FAULTS = 5


@dataclass(frozen=True, slots=True)
class FeedResult:
    """What became of one feed's events."""

    feed: Feed
    truth: Tally
    comparison: Comparison
    books: Balance

    @property
    def correct(self) -> bool:
        """True when every row is the truth's, and the ledger balances and counts what the truth counts."""
        return self.comparison.equal and self.books.balanced and self.books.tally == self.truth

    def differences(self) -> list[str]:
        """Return sentences about what is wrong, the first few of each kind; none when it is correct."""
        found = [*self.comparison.examples, *self.books.faults[:_MOST_FAULTS]]
        if self.books.tally != self.truth:
            found.append(f"the ledger counts {self.books.tally}, the truth {self.truth}")
        return [f"{self.feed.name}: {sentence}" for sentence in found]


def check_feed(system: System, record: Record, expected: Expected) -> FeedResult:
    """Compare what ClickHouse holds of a feed with the truth. Call it when the feed is drained."""
    client, feed = system.clickhouse(), record.feed
    entries = read_entries(client, feed, first_offsets=record.first_offsets)
    ends = end_offsets(system.kafka, feed.topic)
    return FeedResult(
        feed,
        expected.tally(),
        verify(client, record, expected),
        balance(entries, first_offsets=record.first_offsets, ends=ends),
    )
