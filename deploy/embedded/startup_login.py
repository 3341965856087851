"""Let the engine log in once as `default`, and nobody after it.

clickhouse-local opens its own session as the user `default` with an empty password, and cannot be told otherwise; left
like that, anyone on the machine could log in the same way. ClickHouse can ask an HTTP server about a login, so we are
that server, for one question: the engine's own session is made before the engine listens, so it is the first to ask.
"""

import http.server
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus

from deploy.local.ports import LOOPBACK


class _SayYes(http.server.BaseHTTPRequestHandler):
    timeout = 5  # seconds a connection may stay silent

    def do_GET(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Write nothing."""


@contextmanager
def one_login() -> Iterator[str]:
    """Yield the address of a server on this machine that says yes to the first request, and is gone afterwards."""
    server = http.server.HTTPServer((LOOPBACK, 0), _SayYes)
    answering = threading.Thread(target=_answer_once, args=(server,), name="startup-login")
    answering.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}/"
    finally:
        with suppress(OSError):  # closed already, if the request came
            server.socket.shutdown(socket.SHUT_RDWR)
        answering.join()


def _answer_once(server: http.server.HTTPServer) -> None:
    with server:
        server.handle_request()
