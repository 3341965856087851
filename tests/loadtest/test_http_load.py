"""What a server answers is counted and timed; the server is a real one, in a thread of its own."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from aiohttp import web

from loadtest.http_load import Answers, Target, as_fast_as_it_goes, at_rate
from loadtest.raw_http import request_bytes


class _Server:
    """Accepts two events of each request and rejects one; every fourth request is refused."""

    def __init__(self) -> None:
        self.requests = 0
        self.port = 0
        self.ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()

    def run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)

    async def _serve(self) -> None:
        app = web.Application()
        app.router.add_post("/v1/scans", self._answer)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.port = runner.addresses[0][1]
        self.ready.set()
        await self._stop.wait()
        await runner.cleanup()

    async def _answer(self, _request: web.Request) -> web.Response:
        self.requests += 1
        if self.requests % 4 == 0:
            return web.json_response({}, status=429)
        return web.json_response({"accepted": 2, "rejected": 1, "events": []})


@pytest.fixture(name="server")
def _server() -> Iterator[_Server]:
    server = _Server()
    thread = threading.Thread(target=server.run)
    thread.start()
    assert server.ready.wait(20)
    yield server
    server.stop()
    thread.join()


def _target(server: _Server) -> Target:
    return Target(host="127.0.0.1", port=server.port, connections=3)


def _requests() -> list[bytes]:
    return [request_bytes(host="127.0.0.1", path="/v1/scans", token="7.made-up", body=b"[]")]  # noqa: S106 -- made up


def _is_complete(answers: Answers, server: _Server) -> bool:
    taken = server.requests - server.requests // 4
    counted = (answers.requests, answers.refused, answers.accepted, answers.rejected)
    return counted == (server.requests, server.requests // 4, 2 * taken, taken)


def test_at_full_speed_every_answer_is_counted(server: _Server) -> None:
    answers = as_fast_as_it_goes(_target(server), _requests(), seconds=0.2)

    assert answers.requests > 3
    assert _is_complete(answers, server)
    assert answers.own_cpu_seconds > 0


def test_at_a_rate_as_many_are_sent_as_were_intended_each_with_its_latency(server: _Server) -> None:
    answers = at_rate(_target(server), _requests(), rate=200, seconds=0.2)

    assert answers.requests == 40
    assert _is_complete(answers, server)
    waited, latency = answers.wait_ms(), answers.latency_ms()
    assert len(waited) == len(latency) == 40
    assert latency.min() > 0


def test_a_request_that_waits_for_a_connection_counts_from_when_it_was_intended(server: _Server) -> None:
    at_once = at_rate(_target(server), _requests(), rate=1e9, seconds=1e-7)

    assert at_once.requests == 100
    latency = at_once.latency_ms()
    assert latency.max() > at_once.elapsed_seconds * 1_000 / 2
