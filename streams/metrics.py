"""What a worker reports: the metrics of `schemas.metrics`, filled in."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from time import perf_counter

import numpy as np
import numpy.typing as npt
from prometheus_client import CollectorRegistry

from schemas import metrics as names
from schemas.enums import CaptureMode, Lateness, Reason, Verdict
from schemas.landing import LandingMessage, decode_block
from schemas.rows import REJECT_SCHEMA
from streams.partition import Partition
from streams.people.layout import NOBODY, People
from streams.registry.snapshot import Snapshot


def utc_now() -> datetime:
    """Return the present, aware."""
    return datetime.now(UTC)


class WorkerMetrics:
    """The worker's collectors. Methods are cheap: called once a batch, never once an event."""

    def __init__(self, registry: CollectorRegistry, *, now: Callable[[], datetime] = utc_now) -> None:
        self.now = now
        self.events = names.counter(names.EVENTS, registry)
        self.rejects = names.counter(names.REJECTS, registry)
        self.late = names.counter(names.LATE, registry)
        self.captured = names.counter(names.CAPTURED, registry)
        self.batch_events = names.histogram(names.BATCH_EVENTS, registry)
        self.seconds = names.counter(names.WORKER_SECONDS, registry)
        self.watermark_delay = names.gauge(names.WATERMARK_DELAY, registry)
        self.lag = names.gauge(names.SOURCE_LAG, registry)
        self.lag_seconds = names.gauge(names.SOURCE_LAG_SECONDS, registry)
        self.window_keys = names.gauge(names.WINDOW_KEYS, registry)
        self.window_bytes = names.gauge(names.WINDOW_BYTES, registry)
        self.history_bytes = names.gauge(names.HISTORY_BYTES, registry)
        self.undecided = names.counter(names.UNDECIDED, registry)
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

    def landed(self, message: LandingMessage, *, captured: npt.NDArray[np.int64] | None = None) -> None:
        """Count what a published landing message says, and how its rows were captured (`streams.tally`)."""
        feed, counts = message.feed.name, message.counts
        outcomes = (counts.accepted, counts.rescan, counts.retry, counts.rejected)
        for verdict, number in zip(Verdict, outcomes, strict=True):
            self.events.labels(feed, verdict.name.lower()).inc(number)
        self.late.labels(feed).inc(counts.late)
        self.undecided.labels(feed).inc(message.checked)
        self.batch_events.labels(feed).observe(counts.seen)
        if message.rejects:
            reasons = decode_block(message.rejects, REJECT_SCHEMA)["reason"].to_pylist()
            for reason, number in Counter(reasons).items():
                self.rejects.labels(feed, Reason(reason).name.lower()).inc(number)

        if captured is not None:
            for mode, lateness in np.argwhere(captured).tolist():
                names_of = CaptureMode(mode).name.lower(), Lateness(lateness).name.lower()
                self.captured.labels(feed, *names_of).inc(int(captured[mode, lateness]))

    def lags(self, partition: Partition, *, lag_events: int) -> None:
        """Set the gauges of one partition: how far behind it is, and what its windows hold."""
        feed, number, state = partition.processor.feed.name, str(partition.number), partition.state
        now_ms = self.now().timestamp() * 1000
        self.lag.labels(feed, number).set(lag_events)
        behind_ms = now_ms - partition.logged_ms if lag_events and partition.logged_ms else 0
        self.lag_seconds.labels(feed, number).set(max(0.0, behind_ms / 1000))
        if state.watermark_ms:
            self.watermark_delay.labels(feed, number).set((now_ms - state.watermark_ms) / 1000)
        for window, table in (("retry", state.retry), ("rescan", state.rescan), ("late", state.late)):
            self.window_keys.labels(feed, number, window).set(table.used)
            self.window_bytes.labels(feed, number, window).set(table.size_bytes)
        self.history_bytes.labels(feed, number).set(state.history.size_bytes)

    def knows(self, snapshot: Snapshot, people: People = NOBODY) -> None:
        """Set the gauges of the registry; passes count as people here."""
        self.registry_entries.labels("person").set(people.known)
        self.registry_entries.labels("place").set(len(snapshot.places))
        self.registry_entries.labels("area").set(len(snapshot.areas))
        self.registry_entries.labels("device").set(len(snapshot.devices))
