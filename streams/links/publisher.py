"""Publish the links of people together with the events that showed them."""

from collections.abc import Callable, Sequence

from schemas.kinds import LINK
from schemas.link_event import rotation_event
from schemas.rotation import KeyLink
from streams.gateway.avro_encoder import encoder_of
from streams.gateway.outcome import Ready
from streams.gateway.publisher import Publisher
from streams.links.linker import Linker


class LinkingPublisher:
    """A `Publisher` over another one, which also gets the links that are due.

    What is returned is about the events alone: a link that isn't stored comes again with the person's next event.
    """

    def __init__(self, publisher: Publisher, linker: Linker, *, now_ms: Callable[[], int]) -> None:
        """Take the way out, what is due, and the time in milliseconds since 1970, which links get as event time."""
        self._publisher, self._linker, self._now_ms = publisher, linker, now_ms

    @property
    def reachable(self) -> bool:
        return self._publisher.reachable

    async def publish(self, events: Sequence[Ready]) -> list[bool]:
        links = self._linker.take()
        messages = [_message(link, self._now_ms()) for link in links]
        stored: list[bool] = []
        try:
            stored = await self._publisher.publish([*events, *messages])
        finally:
            kept = stored[len(events) :] or [False] * len(links)
            for link, is_stored in zip(links, kept, strict=True):
                if not is_stored:
                    self._linker.forget(link.subject)
        return stored[: len(events)]


def _message(link: KeyLink, now_ms: int) -> Ready:
    record = rotation_event(link, event_time_ms=now_ms, received_at_ms=now_ms)
    value = encoder_of(LINK).encode(list(record.values()))
    return Ready(LINK.name, LINK.topic, link.subject, value, link.event_id.hex())
