"""Choose by Content-Type how a body is split into events, and how each of them is judged."""

from collections.abc import Callable, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any, NamedTuple

from streams.gateway.avro_container import Container
from streams.gateway.feed_parser import Stamp
from streams.gateway.formats import avro_events, json_events, ndjson_events
from streams.gateway.outcome import Outcome, Unacceptable
from streams.gateway.parse import Parser
from streams.gateway.problem import Refusal

_JSON = frozenset({"application/json", "application/octet-stream"})
_NDJSON = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonlines", "application/x-jsonlines"})
_AVRO = frozenset({"application/avro", "application/vnd.apache.avro", "avro/binary"})


class Content(NamedTuple):
    """The events of a body, and the function that judges one of them."""

    events: Sequence[Any]
    judge: Callable[[Any], Outcome]


def content_of(
    body: bytes, *, content_type: str, parser: Parser, stamp: Stamp, default_feed: str, max_events: int
) -> Content:
    """Return what is in a body; raise Refusal: 415 for another type, 400 for a broken body, 413 for too many events.

    `default_feed` is the feed of events in JSON that name none.
    """
    if content_type in _AVRO:
        container = avro_events(body, max_events=max_events)
        return Content(container.records, partial(parser.record, stamp=stamp, feed=_feed_of(container, parser)))
    as_json = partial(parser.json, stamp=stamp, default_feed=default_feed)
    if content_type in _JSON:
        return Content(json_events(body, max_events=max_events), as_json)
    if content_type in _NDJSON:
        return Content(ndjson_events(body, max_events=max_events), as_json)
    detail = "Content-Type must be application/json, application/x-ndjson or application/avro."
    raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail)


def _feed_of(container: Container, parser: Parser) -> str:
    try:
        return parser.feed_of_record(container.record_name)
    except Unacceptable as error:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"The Avro container can't be taken: {error}.") from error
