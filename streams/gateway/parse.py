"""Turn one event of a request into its Kafka message, or into the reason why not."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from schemas.kinds import Feed, avro_schema
from schemas.pseudonym import PseudonymKey
from streams.gateway.avro_encoder import encoder_of
from streams.gateway.event_type import OPEN_ENUMERATIONS, event_type
from streams.gateway.field_values import milliseconds, sixteen_bytes, sixteen_nonzero_bytes
from streams.gateway.identity import already_pseudonymous, pseudonymised
from streams.gateway.outcome import Invalid, Outcome, Ready, Unacceptable
from streams.gateway.reason import reason_of

# What msgspec raises for bytes that are no event.
DECODE_ERRORS = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)


class Stamp(msgspec.Struct, frozen=True):
    """What the gateway knows about a request: the device its token belongs to, and when it came (ms since 1970)."""

    device_id: int
    received_at_ms: int


class FeedParser:
    """Parser of one feed's events. Pure: the same event, stamp and key give the same message."""

    def __init__(self, feed: Feed, key: PseudonymKey) -> None:
        """Compile the feed's schema."""
        fields = avro_schema(feed.avro)["fields"]
        at = {field["name"]: index for index, field in enumerate(fields)}
        self.feed = feed
        self._key = key
        self._type = event_type(feed)
        self._decode_json = msgspec.json.Decoder(self._type).decode
        self._encode = encoder_of(feed).encode
        self._scan_id, self._subject, self._token_kind = at["scan_id"], at["subject"], at["token_kind"]
        self._key_version, self._device_id = at["key_version"], at["device_id"]
        self._event_time, self._sent_at, self._received_at = at["event_time"], at["sent_at"], at["received_at"]
        self._other_fixed = [(at[name], name) for name in _other_fixed(fields)]
        self._open = [(at[name], _with_default(fields[at[name]]["type"])) for name in OPEN_ENUMERATIONS if name in at]

    def json(self, event: bytes | msgspec.Raw, stamp: Stamp) -> Outcome:
        """Return the outcome of an event written in JSON; raise msgspec.ValidationError if it doesn't fit the type.

        It is also raised for an event of another feed. Raises one of DECODE_ERRORS for what isn't JSON.
        """
        return self._outcome(self._decode_json(event), stamp)

    def record(self, record: Mapping[str, Any], stamp: Stamp) -> Outcome:
        """Return the outcome of a decoded Avro record; raise msgspec.ValidationError if it doesn't fit the type."""
        plain = {name: value.hex() if isinstance(value, bytes) else value for name, value in record.items()}
        return self._outcome(msgspec.convert(plain, self._type), stamp)

    def _outcome(self, event: msgspec.Struct, stamp: Stamp) -> Outcome:
        try:
            return self._ready(event, stamp)
        except Unacceptable as problem:
            return Invalid(self.feed.name, str(problem))

    def _ready(self, event: msgspec.Struct, stamp: Stamp) -> Ready:
        *values, identity = msgspec.structs.astuple(event)
        scan_id = values[self._scan_id]
        values[self._scan_id] = sixteen_nonzero_bytes(scan_id, field="scan_id")
        key = self._identify(values, identity)
        self._stamp(values, stamp)
        for index, name in self._other_fixed:
            values[index] = sixteen_bytes(values[index], field=name)
        for index, symbol in self._open:
            values[index] = symbol(values[index])
        return Ready(self.feed.name, self.feed.topic, key, self._encode(values), scan_id)

    def _identify(self, values: list[Any], identity: Any) -> bytes:
        given = values[self._subject], values[self._token_kind], values[self._key_version]
        if identity is None:
            made = already_pseudonymous(*given)
        elif given == (None, None, None):
            made = pseudonymised(identity, self._key)
        else:
            raise Unacceptable("send either identity, or subject, token_kind and key_version, not both")
        values[self._subject], values[self._token_kind], values[self._key_version] = made
        return made.subject

    def _stamp(self, values: list[Any], stamp: Stamp) -> None:
        device_id = values[self._device_id]
        if device_id is not None and device_id != stamp.device_id:
            raise Unacceptable("device_id must be the device of the token")
        values[self._device_id] = stamp.device_id
        values[self._received_at] = stamp.received_at_ms
        values[self._event_time] = milliseconds(values[self._event_time], field="event_time")
        sent_at: datetime | int | None = values[self._sent_at]
        # Without it there is no telling how wrong the device's clock is: it counts as right.
        values[self._sent_at] = stamp.received_at_ms if sent_at is None else milliseconds(sent_at, field="sent_at")


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


def _other_fixed(fields: Sequence[Mapping[str, Any]]) -> list[str]:
    fixed = [f["name"] for f in fields if isinstance(f["type"], dict) and f["type"]["type"] == "fixed"]
    return [name for name in fixed if name not in ("scan_id", "subject")]


def _with_default(enumeration: Mapping[str, Any]) -> Callable[[str], str]:
    known, default = frozenset(enumeration["symbols"]), enumeration["default"]
    return lambda symbol: symbol if symbol in known else default
