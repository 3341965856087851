"""The watch's metrics as prometheus-client objects."""

from contextlib import AbstractContextManager

from prometheus_client import CollectorRegistry

from schemas import metrics


class WatchMetrics:
    """Every metric of `schemas.metrics` the watch has, registered in `registry`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Register all of them."""
        self.runs = metrics.counter(metrics.WATCH_RUNS, registry)
        self.seconds = metrics.histogram(metrics.WATCH_SECONDS, registry)
        self.raised = metrics.counter(metrics.ALERTS_RAISED, registry)

    def time(self, rule: str) -> AbstractContextManager[object]:
        """Observe the time spent inside as one run of a rule."""
        return self.seconds.labels(rule).time()
