"""Logs that can't hold an identity, a token or any other part of a request."""

import logging
import traceback
from http import HTTPStatus

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

ACCESS_LOG = logging.getLogger("streams.gateway.access")
SERVER_LOG = logging.getLogger("streams.gateway.server")


class AccessLogger(AbstractAccessLogger):
    """One line a request: method, route, status, size and time; at level debug for those that went well.

    The route is the template that matched, never the path as sent, and the query is left out: both are free text.
    """

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        level = logging.DEBUG if response.status < HTTPStatus.BAD_REQUEST else logging.INFO
        if self.logger.isEnabledFor(level):
            self._log(level, request, response, time)

    def _log(self, level: int, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        self.logger.log(
            level,
            "%s %s %s %d bytes %.1f ms",
            request.method if request.method in ("GET", "POST", "HEAD") else "other",
            _route(request),
            response.status,
            response.content_length or 0,
            time * 1000,
        )


def _route(request: web.BaseRequest) -> str:
    resource = request.match_info.route.resource if isinstance(request, web.Request) else None
    return resource.canonical if resource is not None else "(no route)"


class WithoutMessages(logging.Filter):
    """Reduce exceptions to their type and place: aiohttp's messages quote bytes of broken requests."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record; let it pass."""
        if record.exc_info and record.exc_info[1] is not None:
            record.msg, record.args = "a request failed: %s", (place_of(record.exc_info[1]),)
            record.exc_info = record.exc_text = None
        return True


SERVER_LOG.addFilter(WithoutMessages())


def place_of(error: BaseException) -> str:
    """Return the type of an exception and the line it came from, without its message."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
