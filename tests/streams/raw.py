"""Raw batches of the venue feed as a fetch returns them, one record batch an event, in the broker's time."""

from collections.abc import Sequence

from schemas.kinds import VENUE, Feed
from streams.transport.fetcher import RawBatch
from tests.streams.transport.batches import Sent, batch_of
from tests.streams.window.events import START_MS, Event, records_of


def walkers(count: int, *, first: int = 1) -> list[Event]:
    """Return scans of different people a second apart, each with its own id from `first` on."""
    return [
        Event(
            scan=number,
            person=number,
            device_ms=START_MS + number * 1_000,
            logged_ms=START_MS + number * 1_000,
        )
        for number in range(first, first + count)
    ]


def stored(events: Sequence[Event], *, first: int = 0) -> bytes:
    """Return the events as a broker stores them at the offsets from `first` on."""
    records = records_of(events, first=first)
    return b"".join(
        batch_of(
            [Sent(records.keys.message(row), records.values.message(row))],
            base=first + row,
            appended_ms=event.logged_ms,
        )
        for row, event in enumerate(events)
    )


def raw_batch(events: Sequence[Event], *, first: int = 0, partition: int = 0, feed: Feed = VENUE) -> RawBatch:
    """Return the batch that covers the events at the offsets from `first` on."""
    last = first + len(events) - 1
    return RawBatch(feed.topic, partition, first, last, stored(events, first=first))
