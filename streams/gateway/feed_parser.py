"""Turn one event of one feed into its Kafka message, or into the reason why not."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from schemas.entity_key import entity_key
from schemas.enums import Role
from schemas.kinds import Feed, avro_schema
from schemas.pseudonym import PseudonymKey
from schemas.vault import Details
from streams.gateway.avro_encoder import encoder_of
from streams.gateway.event_type import OPEN_ENUMERATIONS, SentContact, event_type
from streams.gateway.field_values import milliseconds, sixteen_bytes, sixteen_nonzero_bytes
from streams.gateway.identity import already_pseudonymous, contact_of, pseudonymised, vehicle_of
from streams.gateway.outcome import Invalid, Outcome, Ready, Unacceptable

# What msgspec raises for bytes that are no event.
DECODE_ERRORS = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)
_NOBODY = bytes(16)
_STAMPED = frozenset({"event_time", "sent_at", "received_at"})


class Stamp(msgspec.Struct, frozen=True):
    """What the gateway knows about a request: the device its token belongs to, its role, and when it came (in ms)."""

    device_id: int
    received_at_ms: int
    role: Role = Role.SCANNER


class FeedParser:
    """Parser of one feed's events. Pure: the same event, stamp and key give the same message."""

    def __init__(self, feed: Feed, key: PseudonymKey) -> None:
        """Compile the feed's schema."""
        fields = avro_schema(feed.avro)["fields"]
        at = {field["name"]: index for index, field in enumerate(fields)}
        self.feed = feed
        self._key, self._at = key, at
        self._type = event_type(feed)
        self._decode_json = msgspec.json.Decoder(self._type).decode
        self._encode = encoder_of(feed).encode
        self._field_count = len(fields)
        self._id_field, self._subject, self._device_id = fields[0]["name"], at["subject"], at["device_id"]
        self._token_kind, self._key_version = at.get("token_kind"), at.get("key_version")
        self._entity: str = fields[self._subject].get("entity", "")
        self._event_time, self._sent_at, self._received_at = at["event_time"], at["sent_at"], at["received_at"]
        self._times = [(at[name], name) for name in _times(fields) if name not in _STAMPED]
        self._vehicle = at.get("vehicle")
        self._raw = [(at[field["name"]], field["raw"]) for field in fields if "raw" in field]
        self._fixed = frozenset(_fixed(fields))
        self._other_fixed = [(at[name], name) for name in _fixed(fields) if at[name] > self._subject]
        self._open = [(at[name], _with_default(fields[at[name]]["type"])) for name in OPEN_ENUMERATIONS if name in at]

    def json(self, event: bytes | msgspec.Raw, stamp: Stamp) -> Outcome:
        """Return the outcome of an event written in JSON; raise msgspec.ValidationError if it doesn't fit the type.

        It is also raised for an event of another feed. Raises one of DECODE_ERRORS for what isn't JSON.
        """
        return self._outcome(self._decode_json(event), stamp)

    def record(self, record: Mapping[str, Any], stamp: Stamp) -> Outcome:
        """Return the outcome of a decoded Avro record; raise msgspec.ValidationError if it doesn't fit the type."""
        plain = dict(record)
        for name in self._fixed.intersection(record):
            value = record[name]
            plain[name] = value.hex() if isinstance(value, bytes) else value
        return self._outcome(msgspec.convert(plain, self._type), stamp)

    def _outcome(self, event: Any, stamp: Stamp) -> Outcome:
        if stamp.role not in self.feed.senders:
            return Invalid(self.feed.name, f"a device of role {stamp.role.name} may not send {self.feed.name} events")
        try:
            return self._ready(event, stamp)
        except Unacceptable as problem:
            return Invalid(self.feed.name, str(problem))

    def _ready(self, event: Any, stamp: Stamp) -> Ready:
        values = list(msgspec.structs.astuple(event)[: self._field_count])
        event_id = values[0]
        values[0] = sixteen_nonzero_bytes(event_id, field=self._id_field)
        self._stamp(values, stamp)
        for index, name in self._other_fixed:
            values[index] = sixteen_bytes(values[index], field=name)
        for index, name in self._times:
            values[index] = milliseconds(values[index], field=name)
        key = self._name_subject(values, event)
        for index, raw in self._raw:
            values[index] = self._other_person(getattr(event, raw), given=values[index], field=raw)
        if self._vehicle is not None and event.plate is not None:
            given, key_version = values[self._vehicle], values[self._key_version or 0]
            values[self._vehicle] = self._vehicle_of(event.plate, given=given, key_version=key_version)
        for index, symbol in self._open:
            values[index] = symbol(values[index])
        details = self._details(values, event.contact) if self.feed.contact and event.contact else None
        return Ready(self.feed.name, self.feed.topic, key, self._encode(values), event_id, details)

    def _name_subject(self, values: list[Any], event: Any) -> bytes:
        """Fill in the subject and return it, for it is the Kafka key: a person's pseudonym, or the entity's key."""
        if self._token_kind is not None and self._key_version is not None:
            return self._identify(values, event.identity, self._token_kind, self._key_version)
        given = values[self._subject]
        if not self._entity:
            subject = sixteen_nonzero_bytes(given or "", field="subject")
        else:
            subject = self._subject_of_entity(values)
            if given is not None and sixteen_bytes(given, field="subject") not in (_NOBODY, subject):
                raise Unacceptable(f"leave subject out: it follows from {self._entity}")
        values[self._subject] = subject
        return subject

    def _subject_of_entity(self, values: list[Any]) -> bytes:
        value = values[self._at[self._entity]]
        if value == _NOBODY:
            raise Unacceptable(f"{self._entity} must not be all zeros")
        return value if isinstance(value, bytes) else entity_key(self._entity, value)

    def _identify(self, values: list[Any], identity: Any, token_kind: int, key_version: int) -> bytes:
        given = values[self._subject], values[token_kind], values[key_version]
        if identity is None:
            made = already_pseudonymous(*given)
        elif given == (None, None, None):
            made = pseudonymised(identity, self._key)
        else:
            raise Unacceptable("send either identity, or subject, token_kind and key_version, not both")
        values[self._subject], values[token_kind], values[key_version] = made
        return made.subject

    def _details(self, values: list[Any], sent: SentContact) -> Details:
        kind, key_version = values[self._token_kind or 0], values[self._key_version or 0]
        return Details(subject=values[self._subject], key_version=key_version, contact=contact_of(sent, kind))

    def _other_person(self, identity: Any, *, given: bytes, field: str) -> bytes:
        """Return the pseudonym of another person the event names, by this gateway's key; zeros for nobody."""
        if identity is None:
            return given
        if given != _NOBODY:
            raise Unacceptable(f"send either {field} or its pseudonym, not both")
        return pseudonymised(identity, self._key).subject

    def _vehicle_of(self, plate: str, *, given: bytes, key_version: int) -> bytes:
        """Return the plate's pseudonym. An event has one `key_version`, so the subject must be of the same key."""
        if given != _NOBODY:
            raise Unacceptable("send either plate or vehicle, not both")
        if key_version != self._key.version:
            raise Unacceptable(f"plate needs key_version {self._key.version}, the gateway's; or send vehicle instead")
        return vehicle_of(plate, self._key)

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


def _fixed(fields: Sequence[Mapping[str, Any]]) -> list[str]:
    return [field["name"] for field in fields if isinstance(field["type"], dict) and field["type"]["type"] == "fixed"]


def _times(fields: Sequence[Mapping[str, Any]]) -> list[str]:
    return [field["name"] for field in fields if isinstance(field["type"], dict) and field["type"]["type"] == "long"]


def _with_default(enumeration: Mapping[str, Any]) -> Callable[[str], str]:
    known, default = frozenset(enumeration["symbols"]), enumeration["default"]
    return lambda symbol: symbol if symbol in known else default
