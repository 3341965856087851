"""A proxy passes bytes on both ways; a cut holds them back without a word, a reset ends every connection."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from loadtest.proxy import Proxy

_LOOPBACK = "127.0.0.1"
_WAIT_SECONDS = 10.0
#: A piece that has not come after this long is taken to be held back. Too short would only let a broken cut pass.
_SILENCE_SECONDS = 0.2


class _Echo:
    """A server that answers each connection with what it is told, until its end; an end is answered by an end."""

    def __init__(self) -> None:
        self._listener = socket.create_server((_LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    @staticmethod
    def _answer(connection: socket.socket) -> None:
        with closing(connection):
            try:
                while piece := connection.recv(65_536):
                    connection.sendall(piece)
            except OSError:
                return

    def close(self) -> None:
        """Stop listening."""
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept, too
        self._listener.close()


@pytest.fixture(name="echo")
def _echo() -> Iterator[_Echo]:
    server = _Echo()
    yield server
    with suppress(OSError):  # a test may have closed it
        server.close()


@pytest.fixture(name="proxy")
def _proxy(echo: _Echo) -> Iterator[Proxy]:
    with Proxy() as proxy:
        assert proxy.lead_to(echo.port) == proxy.port
        yield proxy


@pytest.fixture(name="client")
def _client(proxy: Proxy) -> Iterator[socket.socket]:
    with closing(socket.create_connection((_LOOPBACK, proxy.port), _WAIT_SECONDS)) as client:
        yield client


def _received(client: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count and (piece := client.recv(count - len(found))):
        found += piece
    return found


def _is_silent(client: socket.socket) -> bool:
    client.settimeout(_SILENCE_SECONDS)
    try:
        client.recv(1)
    except TimeoutError:
        return True
    finally:
        client.settimeout(_WAIT_SECONDS)
    return False


def _round_trip(client: socket.socket, said: bytes) -> bytes:
    client.sendall(said)
    return _received(client, len(said))


def test_bytes_pass_both_ways_and_so_does_the_end(client: socket.socket) -> None:
    large = bytes(range(256)) * 4_096
    sender = threading.Thread(target=client.sendall, args=(large,))
    sender.start()
    assert _received(client, len(large)) == large
    sender.join()
    client.shutdown(socket.SHUT_WR)
    assert client.recv(1) == b""


def test_a_cut_holds_bytes_back_and_healing_delivers_them(proxy: Proxy, client: socket.socket) -> None:
    assert _round_trip(client, b"before") == b"before"
    proxy.cut()
    client.sendall(b"meanwhile")
    assert _is_silent(client)
    proxy.heal()
    assert _received(client, 9) == b"meanwhile"


def test_a_cut_leaves_a_new_connection_without_an_answer_until_it_heals(proxy: Proxy, client: socket.socket) -> None:
    assert _round_trip(client, b"before") == b"before"
    proxy.cut()
    with closing(socket.create_connection((_LOOPBACK, proxy.port), _WAIT_SECONDS)) as late:
        late.sendall(b"hello?")
        assert _is_silent(late)
        proxy.heal()
        assert _received(late, 6) == b"hello?"


def test_an_end_during_a_cut_is_not_told_before_it_heals(proxy: Proxy, client: socket.socket) -> None:
    assert _round_trip(client, b"before") == b"before"
    proxy.cut()
    client.shutdown(socket.SHUT_WR)
    assert _is_silent(client)
    proxy.heal()
    assert client.recv(1) == b""


def test_a_reset_ends_connections_and_new_ones_are_served(proxy: Proxy, client: socket.socket) -> None:
    assert _round_trip(client, b"before") == b"before"
    proxy.reset()
    with pytest.raises(ConnectionResetError):
        client.recv(1)
    with closing(socket.create_connection((_LOOPBACK, proxy.port), _WAIT_SECONDS)) as again:
        assert _round_trip(again, b"again") == b"again"


def test_a_server_that_is_gone_ends_the_connection_and_one_that_is_back_is_reached(proxy: Proxy, echo: _Echo) -> None:
    echo.close()
    # Reset while connecting, or as soon as something is read: whichever the proxy is quick enough for.
    with (
        pytest.raises(ConnectionResetError),
        closing(socket.create_connection((_LOOPBACK, proxy.port), _WAIT_SECONDS)) as refused,
    ):
        refused.recv(1)
    with closing(_Echo()) as back:
        proxy.lead_to(back.port)
        with closing(socket.create_connection((_LOOPBACK, proxy.port), _WAIT_SECONDS)) as client:
            assert _round_trip(client, b"back") == b"back"


def test_a_slow_network_still_delivers_everything_in_order(proxy: Proxy, client: socket.socket) -> None:
    proxy.slow_down(delay_seconds=0.01, bytes_per_second=10_000_000)
    assert _round_trip(client, b"0123456789" * 1_000) == b"0123456789" * 1_000
