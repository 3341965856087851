"""The gateway's way out: publish events and learn which of them are stored."""

from collections.abc import Sequence
from typing import Protocol

from streams.gateway.outcome import Ready


class Publisher(Protocol):
    """Stores events in order of their lists. Called from one event loop only."""

    @property
    def reachable(self) -> bool:
        """Tell whether storing can be expected to work now."""

    async def publish(self, events: Sequence[Ready]) -> list[bool]:
        """Store the events and return for each whether it is.

        True means durably stored. False means it isn't known to be: it may be stored none the less, so the client must
        send it again with the same scan_id. Never raises for a failure to store.
        """


class InMemoryPublisher:
    """A publisher that keeps events in a list. Set `reachable`, and `refuse` to the keys it shall fail to store."""

    def __init__(self) -> None:
        """Start empty and reachable."""
        self.reachable = True
        self.stored: list[Ready] = []
        self.refuse: set[bytes] = set()

    async def publish(self, events: Sequence[Ready]) -> list[bool]:
        outcome = [event.key not in self.refuse for event in events]
        self.stored.extend(event for event, is_stored in zip(events, outcome, strict=True) if is_stored)
        return outcome
