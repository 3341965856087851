"""Publish events whose people's contact details are sealed, and only then."""

from collections.abc import Sequence

from streams.gateway.contacts.keeper import ContactKeeper
from streams.gateway.outcome import Ready
from streams.gateway.publisher import Publisher


class SealingPublisher:
    """A `Publisher` over another one: events with contact details go there only once these are kept.

    The others do not depend on the vault. An event that is sent again has its details kept again.
    """

    def __init__(self, publisher: Publisher, keeper: ContactKeeper) -> None:
        """Take the way out and the way to the vault."""
        self._publisher, self._keeper = publisher, keeper

    @property
    def reachable(self) -> bool:
        return self._publisher.reachable

    async def publish(self, events: Sequence[Ready]) -> list[bool]:
        details = [event.details for event in events if event.details is not None]
        if not details:
            return await self._publisher.publish(events)
        # Step 1: seal and keep.
        kept = iter(await self._keeper.keep(details))
        may_go = [event.details is None or next(kept) for event in events]
        # Step 2: publish the others, and those whose details are kept.
        stored = iter(await self._publisher.publish([event for event, may in zip(events, may_go, strict=True) if may]))
        return [may and next(stored) for may in may_go]
