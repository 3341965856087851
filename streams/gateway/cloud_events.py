"""The headers that make a Kafka message a CloudEvent: whoever routes messages sees what they are without our schemas.

Source: CloudEvents 1.0.2 and its Kafka protocol binding, binary content mode.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from schemas.kinds import FEEDS, Feed, avro_schema
from schemas.wire import HEADER_BYTES
from streams.gateway.outcome import Ready

Headers = list[tuple[str, bytes]]

#: Source and `ce_id` together name an event.
_SOURCE = b"urn:scanstream:gateway"
_ID_END = HEADER_BYTES + 16


class CloudEvents:
    """Makes the headers of events.

    `ce_id` is the event's identity (an Avro body begins with it) as 32 hexadecimal digits: the same when it is sent
    again, however the client writes it. `ce_time` is when the gateway had it, as the specification allows a source that
    can't date events cheaply; the event's own time is in its body. `now` gives an aware time.
    """

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Prepare what is the same for all events of a feed."""
        self._now = now
        self._of_feed = {feed.name: _headers_of(feed) for feed in FEEDS}

    def at_once(self) -> Callable[[Ready], Headers]:
        """Return what makes the headers of events that came together; they share `ce_time`."""
        time = ("ce_time", self._now().astimezone(UTC).isoformat(timespec="milliseconds").encode())
        of_feed = {feed: [*headers, time] for feed, headers in self._of_feed.items()}

        def headers(event: Ready) -> Headers:
            return [*of_feed[event.feed], ("ce_id", event.value[HEADER_BYTES:_ID_END].hex().encode())]

        return headers


def _headers_of(feed: Feed) -> Headers:
    schema = avro_schema(feed.avro)
    return [
        ("ce_specversion", b"1.0"),
        ("ce_type", f"{schema['namespace']}.{schema['name']}".encode()),
        ("ce_source", _SOURCE),
        ("content-type", b"application/avro"),
    ]
