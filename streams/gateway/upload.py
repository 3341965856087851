"""Take a request's body: no more than allowed, in the time allowed, and unpacked."""

import asyncio
from http import HTTPStatus

from aiohttp import web

from streams.gateway.admission import Share
from streams.gateway.body import decoded_body, too_large
from streams.gateway.config import GatewayConfig
from streams.gateway.problem import Refusal


async def uploaded(request: web.Request, share: Share, config: GatewayConfig) -> bytes:
    """Return the unpacked body, accounted for in `share`.

    Raise Refusal: 413 for too large a body, 429 without room for it, 408 if it takes too long, 400 if it is broken, 415
    for an unknown Content-Encoding.
    """
    limit = config.max_body_bytes
    announced = request.content_length
    if announced is not None and announced > limit:
        raise too_large(limit)
    share.hold_bytes(limit if announced is None else announced)
    raw = await _read(request, timeout_seconds=config.body_timeout_seconds, max_bytes=limit)
    body = decoded_body(raw, encoding=request.headers.get("Content-Encoding", ""), max_bytes=limit)
    if body is not raw:
        share.hold_bytes(len(body))
    return body


async def _read(request: web.Request, *, timeout_seconds: float, max_bytes: int) -> bytes:
    try:
        if request.content.is_eof():  # a small body came with the head: nothing to wait for
            return request.content.read_nowait()
        async with asyncio.timeout(timeout_seconds):
            return await request.read()
    except TimeoutError as error:
        raise Refusal(HTTPStatus.REQUEST_TIMEOUT, "The body took too long to arrive; send a smaller one.") from error
    except (ConnectionError, web.RequestPayloadError) as error:
        raise Refusal(HTTPStatus.BAD_REQUEST, "The body broke off or is not valid HTTP; send it again.") from error
    except web.HTTPRequestEntityTooLarge as error:
        raise too_large(max_bytes) from error
