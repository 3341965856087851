"""Turn one event of a request, of whatever feed, into its Kafka message, or into the reason why not."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from schemas.kinds import Feed, avro_schema
from schemas.pseudonym import PseudonymKey
from streams.gateway.feed_parser import DECODE_ERRORS, FeedParser, Stamp
from streams.gateway.outcome import Invalid, Outcome, Unacceptable
from streams.gateway.reason import reason_of


class Parser:
    """Parser of requests' events, of any feed. `default_feed` is the feed of events that name none.

    `feeds` are the names of the feeds it knows, in order.
    """

    def __init__(self, feeds: Sequence[Feed], key: PseudonymKey) -> None:
        """Compile every feed's schema."""
        self.feeds = tuple(feed.name for feed in feeds)
        self._of_record = {avro_schema(feed.avro)["name"]: feed.name for feed in feeds}
        self._of_feed = {feed.name: FeedParser(feed, key) for feed in feeds}

    def json(self, event: bytes | msgspec.Raw, stamp: Stamp, default_feed: str) -> Outcome:
        """Return the outcome of one event written in JSON. Never raises for any bytes."""
        parser = self._of_feed[default_feed]
        try:
            return parser.json(event, stamp)
        except DECODE_ERRORS as error:
            named = self._of_feed.get(_feed_named_in(event) or default_feed, parser)
            return self._explained(named, error) if named is parser else self._again(named, event, stamp)

    def feed_of_record(self, name: str) -> str:
        """Return the feed whose Avro record type has this name; raise Unacceptable."""
        feed = self._of_record.get(name.rpartition(".")[2])
        if feed is None:
            raise Unacceptable(f"its record must be one of {', '.join(self._of_record)}")
        return feed

    def record(self, record: Mapping[str, Any], stamp: Stamp, feed: str) -> Outcome:
        """Return the outcome of one record of an Avro container. Never raises for any record."""
        parser = self._of_feed[feed]
        try:
            return parser.record(record, stamp)
        except msgspec.ValidationError as error:
            return self._explained(parser, error)

    def _again(self, parser: FeedParser, event: bytes | msgspec.Raw, stamp: Stamp) -> Outcome:
        try:
            return parser.json(event, stamp)
        except DECODE_ERRORS as error:
            return self._explained(parser, error)

    def _explained(self, parser: FeedParser, error: Exception) -> Invalid:
        return Invalid(parser.feed.name, reason_of(error, parser.feed))


class _FeedOnly(msgspec.Struct):
    feed: str | None = None


_decode_feed = msgspec.json.Decoder(_FeedOnly).decode


def _feed_named_in(event: bytes | msgspec.Raw) -> str | None:
    try:
        return _decode_feed(event).feed
    except DECODE_ERRORS:
        return None
