"""Back-pressure: bound what all requests in progress hold together."""

from types import TracebackType
from typing import Self

from streams.gateway.problem import busy


class Admission:
    """Counts events waiting for Kafka and bytes of bodies held. Used from one event loop only."""

    def __init__(self, *, max_events: int, max_bytes: int) -> None:
        """Start with nothing in flight."""
        self.max_events = max_events
        self.max_bytes = max_bytes
        self.events = 0
        self.body_bytes = 0

    def share(self) -> "Share":
        """Return the share of one request, nothing yet; it is given back at the end of its `with` block."""
        return Share(self)


class Share:
    """What one request holds."""

    __slots__ = ("_all", "_body_bytes", "_events")

    def __init__(self, admission: Admission) -> None:
        """Start with nothing."""
        self._all = admission
        self._events = self._body_bytes = 0

    def hold_bytes(self, count: int) -> None:
        """Account for `count` more bytes of body; raise Refusal (429) if they don't fit."""
        if self._all.body_bytes + count > self._all.max_bytes:
            raise busy("The gateway holds as many request bodies as it may; send the request again in a moment.")
        self._all.body_bytes += count
        self._body_bytes += count

    def hold_events(self, count: int) -> None:
        """Account for `count` more events; raise Refusal (429) if they don't fit."""
        if self._all.events + count > self._all.max_events:
            raise busy("Kafka is slower than the events come; send the request again in a moment.")
        self._all.events += count
        self._events += count

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Give back what is held."""
        self._all.events -= self._events
        self._all.body_bytes -= self._body_bytes
        self._events = self._body_bytes = 0
