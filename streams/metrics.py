"""What a worker reports: the metrics of `schemas.metrics`, filled in."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter, time

from prometheus_client import CollectorRegistry

from schemas import metrics as names
from schemas.enums import Verdict
from schemas.landing import LandingMessage
from streams.window.state import WindowState


class WorkerMetrics:
    """The worker's collectors. Methods are cheap: called once a batch, never once an event."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.events = names.counter(names.EVENTS, registry)
        self.late = names.counter(names.LATE, registry)
        self.batch_events = names.histogram(names.BATCH_EVENTS, registry)
        self.seconds = names.counter(names.WORKER_SECONDS, registry)
        self.watermark_delay = names.gauge(names.WATERMARK_DELAY, registry)
        self.lag = names.gauge(names.SOURCE_LAG, registry)
        self.lag_seconds = names.gauge(names.SOURCE_LAG_SECONDS, registry)
        self.window_keys = names.gauge(names.WINDOW_KEYS, registry)
        self.window_bytes = names.gauge(names.WINDOW_BYTES, registry)
        self.recovered = names.counter(names.RECOVERED, registry)
        self.registry_entries = names.gauge(names.REGISTRY_ENTRIES, registry)

    @contextmanager
    def state(self, state: str) -> Iterator[None]:
        """Count the time until the end of the block as spent in `state`."""
        started = perf_counter()
        try:
            yield
        finally:
            self.seconds.labels(state).inc(perf_counter() - started)

    def landed(self, message: LandingMessage, state: WindowState) -> None:
        """Count what a published landing message says."""
        feed, counts = message.feed.name, message.counts
        outcomes = (counts.accepted, counts.rescan, counts.retry, counts.rejected)
        for verdict, number in zip(Verdict, outcomes, strict=True):
            self.events.labels(feed, verdict.name.lower()).inc(number)
        self.late.labels(feed, "late").inc(counts.late)
        self.batch_events.labels(feed).observe(counts.seen)
        partition = str(message.partition)
        if state.watermark_ms:
            self.watermark_delay.labels(feed, partition).set(time() - state.watermark_ms / 1000)
        self._windows(feed, state)

    def _windows(self, feed: str, state: WindowState) -> None:
        for window, table in (("retry", state.retry), ("rescan", state.rescan)):
            self.window_keys.labels(feed, window).set(table.used)
            self.window_bytes.labels(feed, window).set(table.size_bytes)
