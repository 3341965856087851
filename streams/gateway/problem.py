"""Answers to requests that fail as a whole: problem JSON (RFC 9457) with one clear sentence."""

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from aiohttp import web

RETRY_AFTER_SECONDS = 1


class Refusal(Exception):
    """The request can't be processed as a whole; `detail` tells the client in one sentence what to do.

    `detail` must never quote anything out of the request: it is sent back and may be logged.
    """

    def __init__(self, status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


def busy(detail: str) -> Refusal:
    """Make the refusal of a request that may be sent again unchanged a little later."""
    return Refusal(HTTPStatus.TOO_MANY_REQUESTS, detail, {"Retry-After": str(RETRY_AFTER_SECONDS)})


def unavailable(detail: str) -> Refusal:
    """Make the refusal of a request while something the gateway needs is missing."""
    return Refusal(HTTPStatus.SERVICE_UNAVAILABLE, detail, {"Retry-After": str(RETRY_AFTER_SECONDS)})


def problem_response(refusal: Refusal) -> web.Response:
    """Return the HTTP answer of a refusal."""
    body = {
        "type": "about:blank",
        "title": refusal.status.phrase,
        "status": refusal.status.value,
        "detail": refusal.detail,
    }
    return web.Response(
        status=refusal.status.value,
        body=msgspec.json.encode(body),
        content_type="application/problem+json",
        headers=refusal.headers,
    )
