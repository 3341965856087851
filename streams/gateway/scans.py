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
from http import HTTPStatus

import msgspec
from aiohttp import web

from streams.gateway.admission import Admission
from streams.gateway.answer import answer_of
from streams.gateway.config import GatewayConfig
from streams.gateway.content import Content, content_of
from streams.gateway.devices import DeviceDirectory
from streams.gateway.feed_parser import Stamp
from streams.gateway.measures import Measures
from streams.gateway.outcome import Invalid, Outcome, Ready
from streams.gateway.parse import Parser
from streams.gateway.problem import RETRY_AFTER_SECONDS, Refusal, unavailable
from streams.gateway.publisher import Publisher
from streams.gateway.token import device_of
from streams.gateway.upload import uploaded

# Parsed without a break: about 4 ms. Longer would make the other requests wait.
_EVENTS_AT_A_TIME = 250

_OK_HEADERS = {"Content-Type": "application/json"}
_LATER_HEADERS = _OK_HEADERS | {"Retry-After": str(RETRY_AFTER_SECONDS)}


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
            device_id, role = device_of(request.headers.get("Authorization"), self.directory)
            if not self.publisher.reachable:
                raise unavailable("Kafka can't be reached; send the request again in a moment.")
            feed = _feed_of(request.query, self.parser.feeds)
            # Taken before the body: a slow upload must not look like a wrong clock.
            stamp = Stamp(device_id, self.now_ms(), role)
            # Step 2.
            content = self._content(await uploaded(request, share, self.config), request.content_type, feed, stamp)
            # Step 3.
            share.hold_events(len(content.events))
            # Step 4.
            outcomes = await _judged(content)
            # Step 5.
            return await self._published(outcomes)

    def _content(self, body: bytes, content_type: str, feed: str, stamp: Stamp) -> Content:
        limit, parser = self.config.max_events, self.parser
        return content_of(
            body, content_type=content_type, parser=parser, stamp=stamp, default_feed=feed, max_events=limit
        )

    async def _published(self, outcomes: list[Outcome]) -> web.Response:
        ready = [outcome for outcome in outcomes if isinstance(outcome, Ready)]
        with self.measures.kafka_seconds.time():
            stored = await self.publisher.publish(ready)
        return self._response(outcomes, ready, stored)

    def _response(self, outcomes: list[Outcome], ready: list[Ready], stored: list[bool]) -> web.Response:
        status, answer = answer_of(outcomes, stored)
        self.measures.count_events([o.feed for o, kept in zip(ready, stored, strict=True) if kept], outcome="accepted")
        if len(ready) < len(outcomes):
            self.measures.count_events([o.feed for o in outcomes if isinstance(o, Invalid)], outcome="rejected")
        headers = _OK_HEADERS if status is HTTPStatus.OK else _LATER_HEADERS
        return web.Response(status=status, body=msgspec.json.encode(answer), headers=headers)


async def _judged(content: Content) -> list[Outcome]:
    events, judge = content
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
