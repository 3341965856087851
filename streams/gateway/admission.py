"""Back-pressure: bound what all requests in progress hold together."""

from collections.abc import Iterator
from contextlib import contextmanager

from streams.gateway.problem import busy


class Admission:
    """Counts events waiting for Kafka and bytes of bodies held. Used from one event loop only."""

    def __init__(self, *, max_events: int, max_bytes: int) -> None:
        """Start with nothing in flight."""
        self._max_events = max_events
        self._max_bytes = max_bytes
        self.events = 0
        self.body_bytes = 0

    @contextmanager
    def holding_bytes(self, count: int) -> Iterator[None]:
        """Account for a body of `count` bytes inside the block; raise Refusal (429) if it doesn't fit."""
        if self.body_bytes + count > self._max_bytes:
            raise busy("The gateway holds as many request bodies as it may; send the request again in a moment.")
        self.body_bytes += count
        try:
            yield
        finally:
            self.body_bytes -= count

    @contextmanager
    def holding_events(self, count: int) -> Iterator[None]:
        """Account for `count` events inside the block; raise Refusal (429) if they don't fit."""
        if self.events + count > self._max_events:
            raise busy("Kafka is slower than the events come; send the request again in a moment.")
        self.events += count
        try:
            yield
        finally:
            self.events -= count
