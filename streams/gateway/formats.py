"""Split a request's body into its events, each to be judged on its own."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import TypeAlias

import msgspec

from streams.gateway.avro_container import Container, read_container
from streams.gateway.feed_parser import DECODE_ERRORS
from streams.gateway.problem import Refusal

JsonEvents: TypeAlias = Sequence[bytes | msgspec.Raw]

_decode_array = msgspec.json.Decoder(list[msgspec.Raw]).decode
# An event has about fifteen commas. Far more make an array of trifles, which would cost a hundred times its bytes.
_MAX_COMMAS_PER_EVENT = 64


def json_events(body: bytes, *, max_events: int) -> JsonEvents:
    """Return the events of a JSON array, undecoded; of a single JSON object, that one. Raise Refusal (400, 413)."""
    if body.lstrip()[:1] == b"{":
        return [body]
    if body.count(b",") > max_events * _MAX_COMMAS_PER_EVENT:
        raise too_many(max_events)
    try:
        events = _decode_array(body)
    except DECODE_ERRORS as error:
        raise Refusal(HTTPStatus.BAD_REQUEST, "The body must be a JSON array of events.") from error
    if len(events) > max_events:
        raise too_many(max_events)
    return events


def ndjson_events(body: bytes, *, max_events: int) -> JsonEvents:
    """Return the events of newline-delimited JSON, undecoded, without blank lines; raise Refusal (413)."""
    lines = body.strip().split(b"\n", max_events)
    if len(lines) > max_events:
        raise too_many(max_events)
    return [line for line in lines if line.strip()]


def avro_events(body: bytes, *, max_events: int) -> Container:
    """Return the events of an Avro object container; raise Refusal (400, 413)."""
    try:
        container = read_container(body, max_records=max_events)
    except ValueError as error:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"The body can't be read as an Avro container: {error}.") from error
    if len(container.records) > max_events:
        raise too_many(max_events)
    return container


def too_many(max_events: int) -> Refusal:
    """Make the refusal of a request with more events than allowed."""
    return Refusal(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A request must not hold more than {max_events} events; send several."
    )
