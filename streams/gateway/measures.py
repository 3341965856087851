"""The gateway's metrics as objects. Their names and meanings are in `schemas.metrics`."""

from collections.abc import Sequence
from functools import cache

from prometheus_client import CollectorRegistry

from schemas import metrics
from streams.gateway.admission import Admission


class Measures:
    """What the gateway counts and times, in a registry of its own."""

    def __init__(self, admission: Admission) -> None:
        """Register everything."""
        self.registry = CollectorRegistry()
        self.request_seconds = metrics.histogram(metrics.REQUEST_SECONDS, self.registry)
        self.kafka_seconds = metrics.histogram(metrics.GATEWAY_KAFKA_SECONDS, self.registry)
        # Cached, for prometheus-client checks labels anew at each `labels`.
        self._requests = cache(metrics.counter(metrics.REQUESTS, self.registry).labels)
        self._events = cache(metrics.counter(metrics.GATEWAY_EVENTS, self.registry).labels)
        metrics.gauge(metrics.GATEWAY_QUEUE, self.registry).set_function(lambda: admission.events)

    def count_request(self, status: int) -> None:
        """Count one HTTP request by its status."""
        self._requests(str(status)).inc()

    def count_events(self, feeds: Sequence[str], *, outcome: str) -> None:
        """Count events, given by their feeds' names, by what became of them: accepted or rejected."""
        for feed in set(feeds):
            self._events(feed, outcome).inc(feeds.count(feed))
