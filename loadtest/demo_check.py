"""What came of a demonstration: each feed's rows, dead letters and ledger against the truth."""

from collections.abc import Iterable, Mapping, Sequence

from loadtest import demo_plan
from loadtest.check import FeedResult, check_feed
from loadtest.drain import wait_drained
from loadtest.expected import Expected, Tally
from loadtest.ledger import Balance, balance, read_entries
from loadtest.offsets import CouldNotCheck, Offsets, end_offsets
from loadtest.reports.truth import Sent, compare, count_rows
from loadtest.run import Run
from loadtest.system import System
from loadtest.topic_log import read_topic
from loadtest.verify import Comparison
from schemas.kinds import ALERT, Feed

_DRAIN_SECONDS = 120.0
#: How far the broker's time of an event may be from the intended one.
_UNCERTAINTY_MS = 30_000


class DemoCheck:
    """Looks at the real stores. What went through the gateway is read back from Kafka: only it knows the order."""

    def __init__(self, system: System, first_offsets: Mapping[Feed, Offsets], *, since_ms: int) -> None:
        """Take where each feed's topic ended before the run, and when that was."""
        (self._by_gateway,) = demo_plan.BY_GATEWAY
        self._system, self._first_offsets, self._since_ms = system, first_offsets, since_ms

    def drain(self) -> None:
        """Wait until everything published is in the ledger; raise NotDrained if it takes too long."""
        client = self._system.clickhouse()
        for feed in self._first_offsets:
            ends = end_offsets(self._system.kafka, feed.topic)
            wait_drained(client, feed, ends=ends, timeout_seconds=_DRAIN_SECONDS)

    def results(self, direct: Sequence[Run], *, accepted: int) -> list[FeedResult]:
        """Return each feed's verdict; raise CouldNotCheck if Kafka lacks events the gateway confirmed."""
        feeds = [check_feed(self._system, run, self.expected(run)) for run in direct]
        kafka, topic = self._system.kafka, self._by_gateway.topic
        ends = end_offsets(kafka, topic)
        log = read_topic(kafka, self._by_gateway, first_offsets=self._first_offsets[self._by_gateway], ends=ends)
        if len(log) < accepted:
            raise CouldNotCheck(f"the gateway confirmed {accepted} events, Kafka has {len(log)}")
        return [*feeds, check_feed(self._system, log, log.expected())]

    def reported(self, sent: Iterable[Sent]) -> list[FeedResult]:
        """Return each report feed's verdict: its table against what the gateway confirmed, and its ledger.

        Last come the alerts the worker raised: nobody knows beforehand how many, but each must be there once.
        """
        reported = [self._report(each) for each in sent]
        books = self._books(ALERT)
        return [*reported, FeedResult(ALERT, books.tally, self._once(ALERT, books), books)]

    def _report(self, sent: Sent) -> FeedResult:
        comparison = compare(self._system.clickhouse(), sent, since_ms=self._since_ms)
        return FeedResult(sent.feed, sent.tally, comparison, self._books(sent.feed))

    def _books(self, feed: Feed) -> Balance:
        client, first = self._system.clickhouse(), self._first_offsets[feed]
        ends = end_offsets(self._system.kafka, feed.topic)
        return balance(read_entries(client, feed, first_offsets=first), first_offsets=first, ends=ends)

    def _once(self, feed: Feed, books: Balance) -> Comparison:
        """Compare the rows of a feed with its ledger's count."""
        rows, ids = count_rows(self._system.clickhouse(), feed, since_ms=self._since_ms)
        found = Tally(landed=rows, accepted=rows, rejected=books.tally.rejected)
        return Comparison(lost=max(0, books.tally.landed - ids), doubled=rows - ids, found=found)

    def expected(self, run: Run) -> Expected:
        """Return what must become of a run's events."""
        return run.expected(uncertainty_ms=_UNCERTAINTY_MS)
