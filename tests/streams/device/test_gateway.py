"""The way to the gateway over a real socket: what comes back, and what counts as no answer."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from streams.device.gateway import Gateway, Unreachable
from tests.streams.gateway.samples import TOKEN


class Server:
    """Answers each connection with the next of some raw answers, and keeps the requests."""

    def __init__(self, *answers: bytes) -> None:
        self.requests: list[bytes] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, args=(answers,))
        self._thread.start()

    def _serve(self, answers: tuple[bytes, ...]) -> None:
        for answer in answers:
            connection, _ = self._listening.accept()
            with closing(connection):
                self.requests.append(connection.recv(65_536))
                connection.sendall(answer)

    def close(self) -> None:
        """Stop, after all answers were given."""
        self._thread.join(30)
        self._listening.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Return a function that starts a server; it is stopped at the end."""
    servers: list[Server] = []

    def start(*answers: bytes) -> Server:
        servers.append(Server(*answers))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def _answer(head: str, body: bytes = b"") -> bytes:
    return f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


def _post(server: Server) -> tuple[int, str | None, bytes]:
    with closing(Gateway(f"{server.url}/", token=TOKEN)) as gateway:
        reply = gateway.post(b"[]")
    return reply.status, reply.retry_after, reply.body


def test_status_body_and_the_pause_asked_for_come_back(serve: Callable[..., Server]) -> None:
    server = serve(_answer("503 Busy\r\nRetry-After: 7", b'{"detail": "later"}'))
    assert _post(server) == (503, "7", b'{"detail": "later"}')
    (request,) = server.requests
    assert request.startswith(b"POST /v1/scans HTTP/1.1\r\n")
    assert f"Authorization: Bearer {TOKEN}\r\n".encode() in request


def test_a_redirection_is_not_followed_for_the_token_is_for_this_address(serve: Callable[..., Server]) -> None:
    elsewhere = serve()
    server = serve(_answer(f"307 Moved\r\nLocation: {elsewhere.url}/v1/scans"))
    assert _post(server) == (307, None, b"")
    assert elsewhere.requests == []


@pytest.mark.parametrize(
    "answer", [b"", b"no HTTP at all\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"]
)
def test_no_answer_and_half_an_answer_are_none(serve: Callable[..., Server], answer: bytes) -> None:
    with pytest.raises(Unreachable, match="the gateway can't be reached") as unreachable:
        _post(serve(answer))
    assert TOKEN not in str(unreachable.value)


def test_an_endless_answer_is_cut_off(serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.device.gateway._MOST_ANSWER_BYTES", 1_000)
    status, _, body = _post(serve(_answer("200 OK", b"x" * 5_000)))
    assert (status, len(body)) == (200, 1_000)


def test_where_nobody_listens_there_is_no_answer() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    with closing(Gateway(f"http://127.0.0.1:{port}", token=TOKEN)) as gateway, pytest.raises(Unreachable):
        gateway.post(b"[]")
