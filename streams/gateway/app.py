"""Wire the gateway's parts into an aiohttp application."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from schemas.kinds import FEEDS, Feed
from streams.gateway import schema_registry
from streams.gateway.admission import Admission
from streams.gateway.config import GatewayConfig
from streams.gateway.contacts.keeper import ContactKeeper
from streams.gateway.contacts.publisher import SealingPublisher
from streams.gateway.contacts.store import ContactStore
from streams.gateway.devices import DeviceDirectory
from streams.gateway.entry import Entry
from streams.gateway.forms.endpoint import Forms
from streams.gateway.measures import Measures
from streams.gateway.pages import Pages
from streams.gateway.parse import Parser
from streams.gateway.private_logs import ACCESS_LOG, SERVER_LOG, AccessLogger, place_of
from streams.gateway.problem import Refusal, problem_response
from streams.gateway.public import Public, PublicDocuments
from streams.gateway.publisher import Publisher
from streams.gateway.scans import Scans
from streams.links.linker import Linker
from streams.links.linking_key import LinkingKey
from streams.links.publisher import LinkingPublisher

# Longer than a device's usual pause between scans, so that it need not connect anew for each.
_IDLE_SECONDS = 75.0
_FAILED = Refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "The gateway failed; send the request again.")


def wall_clock_ms() -> int:
    """Return the time in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def create_app(
    config: GatewayConfig,
    *,
    directory: DeviceDirectory,
    publisher: Publisher,
    contacts: ContactStore,
    documents: PublicDocuments | None = None,
    feeds: Sequence[Feed] = FEEDS,
    now_ms: Callable[[], int] = wall_clock_ms,
) -> web.Application:
    """Return the application. Directory, publisher and the store of contacts are the caller's to start and close.

    The first of `feeds` is the one of events that name none. Without `documents` there are no public ones.
    """
    key = config.pseudonym_key
    if config.rotated_keys:
        linker = Linker(config.rotated_keys, now=lambda: datetime.fromtimestamp(now_ms() / 1000, UTC))
        key = LinkingKey.of(config.rotated_keys, linker)
        publisher = LinkingPublisher(publisher, linker, now_ms=now_ms)
    publisher = SealingPublisher(publisher, ContactKeeper(contacts, timeout_seconds=config.delivery_timeout_seconds))
    admission = Admission(max_events=config.max_inflight_events, max_bytes=config.max_inflight_bytes)
    measures = Measures(admission)
    parser = Parser(feeds, key)
    scans = Scans(
        config=config,
        parser=parser,
        directory=directory,
        publisher=publisher,
        admission=admission,
        measures=measures,
        now_ms=now_ms,
    )
    forms = Forms(
        config=config,
        parser=parser,
        directory=directory,
        publisher=publisher,
        admission=admission,
        measures=measures,
        now_ms=now_ms,
    )
    app = web.Application(middlewares=[_answering_problems(measures)], client_max_size=config.max_body_bytes)
    app.router.add_post("/v1/scans", scans.post)
    app.router.add_post("/v1/events", scans.post)
    app.router.add_get("/v1/entry", Entry(config=config, directory=directory).get)
    forms.add_routes(app.router)
    Pages(directory=directory, publisher=publisher, measures=measures).add_routes(app.router)
    schema_registry.add_routes(app.router)
    if documents is not None:
        Public(config=config, documents=documents, now_ms=now_ms).add_routes(app.router)
    return app


def create_runner(app: web.Application, config: GatewayConfig) -> web.AppRunner:
    """Return the runner that serves the application: bodies come undecoded, logs hold nothing of a request."""
    return web.AppRunner(
        app,
        auto_decompress=False,  # we do it ourselves, bounded
        access_log=ACCESS_LOG,
        access_log_class=AccessLogger,
        logger=SERVER_LOG,
        handle_signals=False,
        keepalive_timeout=_IDLE_SECONDS,
        shutdown_timeout=config.drain_timeout_seconds,
    )


def _answering_problems(measures: Measures) -> Middleware:
    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except Refusal as refusal:
            response = problem_response(refusal)
        except web.HTTPException as error:
            response = problem_response(_as_refusal(error))
        except Exception as error:  # noqa: BLE001 -- the client gets an answer, the log the place, neither the message
            SERVER_LOG.error("a request failed: %s", place_of(error))
            response = problem_response(_FAILED)
        measures.count_request(response.status)
        return response

    return answer


def _as_refusal(error: web.HTTPException) -> Refusal:
    status = HTTPStatus(error.status)
    sentences = {
        HTTPStatus.NOT_FOUND: "There is nothing at this path; events go to POST /v1/events, or /v1/scans.",
        HTTPStatus.METHOD_NOT_ALLOWED: f"This path takes {error.headers.get('Allow', 'another method')} only.",
    }
    allow = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
    return Refusal(status, sentences.get(status, f"{status.phrase}."), allow)
