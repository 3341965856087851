"""``POST /v1/scans``: from a request to its answer.

An Avro container's schema names its feed; events in JSON name theirs, or take the one of ``?feed=``.

1. Who sends? The device's token (401), and is Kafka there at all (503).
2. The body: its size, encoding and format (413, 415, 400), its events split but not yet judged.
3. Room for them (429).
4. Each event on its own: parsed, checked, its identity made a pseudonym, encoded; or a reason why not.
5. Published; the answer waits until Kafka has acknowledged every event or given up.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

import msgspec
from aiohttp import web

from streams.gateway.admission import Admission
from streams.gateway.answer import answer_of
from streams.gateway.avro_container import Container
from streams.gateway.config import GatewayConfig
from streams.gateway.devices import DeviceDirectory
from streams.gateway.feed_parser import Stamp
from streams.gateway.formats import avro_events, json_events, ndjson_events
from streams.gateway.measures import Measures
from streams.gateway.outcome import Invalid, Outcome, Ready, Unacceptable
from streams.gateway.parse import Parser
from streams.gateway.problem import RETRY_AFTER_SECONDS, Refusal, unavailable
from streams.gateway.publisher import Publisher
from streams.gateway.token import device_of
from streams.gateway.upload import uploaded

# Parsed without a break: about 4 ms. Longer would make the other requests wait.
_EVENTS_AT_A_TIME = 250

_JSON = frozenset({"application/json", "application/octet-stream"})
_NDJSON = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonlines", "application/x-jsonlines"})
_OK_HEADERS = {"Content-Type": "application/json"}
_LATER_HEADERS = _OK_HEADERS | {"Retry-After": str(RETRY_AFTER_SECONDS)}
_AVRO = frozenset({"application/avro", "application/vnd.apache.avro", "avro/binary"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scans:
    """The endpoint. `now_ms` gives the time in milliseconds since 1970."""

    config: GatewayConfig
    parser: Parser
    directory: DeviceDirectory
    publisher: Publisher
    admission: Admission
    measures: Measures
    now_ms: Callable[[], int]

    async def post(self, request: web.Request) -> web.Response:
        """Answer one request; raise Refusal if it fails as a whole."""
        with self.measures.request_seconds.time(), self.admission.share() as share:
            # Step 1.
            device_id = device_of(request.headers.get("Authorization"), self.directory)
            if not self.publisher.reachable:
                raise unavailable("Kafka can't be reached; send the request again in a moment.")
            feed = _feed_of(request.query, self.parser.feeds)
            # Taken before the body: a slow upload must not look like a wrong clock.
            stamp = Stamp(device_id, self.now_ms())
            # Step 2.
            body = await uploaded(request, share, self.config)
            events, judge = self._events(request.content_type, body, feed, stamp)
            # Step 3.
            share.hold_events(len(events))
            # Step 4.
            outcomes = await _judged(events, judge)
            # Step 5.
            return await self._published(outcomes)

    async def _published(self, outcomes: list[Outcome]) -> web.Response:
        ready = [outcome for outcome in outcomes if isinstance(outcome, Ready)]
        with self.measures.kafka_seconds.time():
            stored = await self.publisher.publish(ready)
        return self._response(outcomes, ready, stored)

    def _events(self, content_type: str, body: bytes, feed: str, stamp: Stamp) -> tuple[Any, Callable[[Any], Outcome]]:
        """Return the events of the body and the function that judges one of them."""
        limit = self.config.max_events
        as_json = partial(self.parser.json, stamp=stamp, default_feed=feed)
        if content_type in _JSON:
            return json_events(body, max_events=limit), as_json
        if content_type in _NDJSON:
            return ndjson_events(body, max_events=limit), as_json
        if content_type in _AVRO:
            container = avro_events(body, max_events=limit)
            return container.records, partial(self.parser.record, stamp=stamp, feed=self._feed_of(container))
        detail = "Content-Type must be application/json, application/x-ndjson or application/avro."
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail)

    def _feed_of(self, container: Container) -> str:
        try:
            return self.parser.feed_of_record(container.record_name)
        except Unacceptable as error:
            raise Refusal(HTTPStatus.BAD_REQUEST, f"The Avro container can't be taken: {error}.") from error

    def _response(self, outcomes: list[Outcome], ready: list[Ready], stored: list[bool]) -> web.Response:
        status, answer = answer_of(outcomes, stored)
        self.measures.count_events([o.feed for o, kept in zip(ready, stored, strict=True) if kept], outcome="accepted")
        if len(ready) < len(outcomes):
            self.measures.count_events([o.feed for o in outcomes if isinstance(o, Invalid)], outcome="rejected")
        headers = _OK_HEADERS if status is HTTPStatus.OK else _LATER_HEADERS
        return web.Response(status=status, body=msgspec.json.encode(answer), headers=headers)


async def _judged(events: Any, judge: Callable[[Any], Outcome]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for start in range(0, len(events), _EVENTS_AT_A_TIME):
        if start:
            await asyncio.sleep(0)
        outcomes += [judge(event) for event in events[start : start + _EVENTS_AT_A_TIME]]
    return outcomes


def _feed_of(query: Mapping[str, str], feeds: Sequence[str]) -> str:
    feed = query.get("feed", feeds[0])
    if feed not in feeds:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"feed must be one of {', '.join(feeds)}.")
    return feed
