"""The sink's metrics as prometheus-client objects."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry

from schemas import metrics
from schemas.kinds import FEEDS, Feed
from schemas.landing import LandingMessage
from sinks.errors import SinkStopped, TryAgain
from sinks.ledger import LedgerRow

_FEED_OF = {feed.landing_topic: feed.name for feed in FEEDS}


class SinkMetrics:
    """Every metric of `schemas.metrics` a sink has, registered in `registry`. Safe for threads."""

    def __init__(self, registry: CollectorRegistry, now: Callable[[], float] = time.time) -> None:
        """Register all of them; `now` is wall-clock time in seconds."""
        self._now = now
        self.rows = metrics.counter(metrics.ROWS, registry)
        self.insert_seconds = metrics.histogram(metrics.INSERT_SECONDS, registry)
        self.insert_rows = metrics.histogram(metrics.INSERT_ROWS, registry)
        self.insert_errors = metrics.counter(metrics.INSERT_ERRORS, registry)
        self.state_seconds = metrics.counter(metrics.SINK_SECONDS, registry)
        self.landing_lag = metrics.gauge(metrics.LANDING_LAG, registry)
        self.landed_delay = metrics.gauge(metrics.LANDED_DELAY, registry)
        self.checked = metrics.counter(metrics.CHECKED, registry)
        self.trimmed = metrics.counter(metrics.TRIMMED, registry)
        self.imbalance = metrics.gauge(metrics.LEDGER_IMBALANCE, registry)

    @contextmanager
    def time(self, state: str) -> Iterator[None]:
        """Add the time spent inside to a state: poll, check, insert, ledger or wait."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.state_seconds.labels(state).inc(time.perf_counter() - start)

    def count_error(self, failure: TryAgain | SinkStopped) -> None:
        """Count a failed request by its class."""
        self.insert_errors.labels(failure.error_class.value).inc()

    def count_ledger(self, rows: Iterable[LedgerRow]) -> None:
        """Compare what the ledger was told with itself."""
        for row in rows:
            counts = row.counts
            outcomes = counts.accepted + counts.rescan + counts.retry + counts.rejected
            self.imbalance.labels(row.feed.name).inc(abs(counts.seen - outcomes))

    def measure_lag(self, topic: str, partition: int, messages: int) -> None:
        """Tell how many messages of a landing topic are not landed yet; other topics have no such metric."""
        feed = _FEED_OF.get(topic)
        if feed:
            self.landing_lag.labels(feed, str(partition)).set(messages)

    def landed_until(self, feed: Feed, logged_ms: int) -> None:
        """Tell when the broker got the newest event of a message that has just landed."""
        self.landed_delay.labels(feed.name).set(self._now() - logged_ms / 1000)

    def count_checked(self, before: LandingMessage, after: LandingMessage) -> None:
        """Count what became of a message's checked rows."""
        rescan = after.counts.rescan - before.counts.rescan
        retry = after.counts.retry - before.counts.retry
        self.checked.labels("retry").inc(retry)
        self.checked.labels("rescan").inc(max(0, rescan))
        self.checked.labels("accepted").inc(before.checked - retry - max(0, rescan))
