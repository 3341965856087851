import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from loadtest.raw_http import RawConnection, request_bytes

_TOKEN = "7.made-up"  # noqa: S105 -- made up


async def _echo(request: web.Request) -> web.Response:
    return web.json_response(
        {"token": request.headers["Authorization"], "type": request.content_type, "body": await request.text()}
    )


@pytest.fixture(name="server")
def _server() -> TestServer:
    app = web.Application()
    app.router.add_post("/v1/scans", _echo)
    return TestServer(app)


async def test_requests_on_one_connection_are_understood_and_answered(server: TestServer) -> None:
    async with server:
        connection = await RawConnection.open("127.0.0.1", server.port or 0)
        for body in (b"[1]", b"[]" * 500):
            request = request_bytes(host="127.0.0.1", path="/v1/scans", token=_TOKEN, body=body)
            status, answer = await connection.post(request)
            assert status == 200
            assert answer.startswith(b'{"token": "Bearer 7.made-up", "type": "application/json"')
            assert body.decode() in answer.decode()
        connection.close()


async def test_a_connection_that_breaks_is_an_error() -> None:
    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        connection = await RawConnection.open("127.0.0.1", server.sockets[0].getsockname()[1])
        with pytest.raises(ConnectionResetError):
            await connection.post(b"POST / HTTP/1.1\r\n\r\n")
        connection.close()
