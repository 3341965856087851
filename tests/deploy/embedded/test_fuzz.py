"""Whatever arrives on the port, the server answers the next request."""

import os
import socket
import struct
from contextlib import closing, suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.local.ports import LOOPBACK
from tests.deploy.embedded.running import RunningServer

pytestmark = pytest.mark.integration

_EXAMPLES = int(os.environ.get("SCANSTREAM_FUZZ_EXAMPLES", "200"))
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)

_METHODS = st.sampled_from([b"GET", b"POST", b"PUT", b"HEAD", b"OPTIONS", b"DELETE"]) | st.binary(max_size=8)
_WORDS = st.sampled_from(
    [
        b"SELECT 1",
        b"SELECT count() FROM system.numbers LIMIT 3",
        b"INSERT INTO nowhere FORMAT ArrowStream",
        b"INSERT INTO FUNCTION null('a UInt8') FORMAT Native",
        b"INSERT INTO FUNCTION null('a UInt8') FORMAT TSV\n1\n",
        b"{p:UInt8}",
        b"FORMAT Parquet",
        b"\x00\xff\xfe",
        b"';--",
    ]
)
_QUERIES = st.lists(_WORDS | st.binary(max_size=40), max_size=4).map(b" ".join)
_NAMES = st.sampled_from(
    [b"query", b"param_p", b"decompress", b"compress", b"session_id", b"database", b"default_format", b"max_threads"]
) | st.binary(max_size=10)
_TARGETS = st.builds(
    lambda path, pairs: b"/" + path + b"?" + b"&".join(_quote(name) + b"=" + _quote(value) for name, value in pairs),
    st.sampled_from([b"", b"ping", b"play", b"metrics", b"replicas_status"]) | st.binary(max_size=20),
    st.lists(st.tuples(_NAMES, _QUERIES), max_size=3),
)
_HEADERS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                b"Content-Encoding",
                b"Accept-Encoding",
                b"Transfer-Encoding",
                b"Content-Length",
                b"Content-Type",
                b"Connection",
                b"Expect",
                b"X-ClickHouse-Format",
                b"X-ClickHouse-User",
            ]
        )
        | st.binary(max_size=12),
        st.sampled_from(
            [b"gzip", b"zstd", b"lz4", b"chunked", b"0", b"7", b"-1", b"99999999999", b"close", b"100-continue"]
        )
        | st.binary(max_size=20),
    ),
    max_size=5,
)
_CHUNKS = st.lists(st.tuples(st.integers(-1, 300), st.binary(max_size=100)), max_size=4).map(
    lambda chunks: b"".join(b"%x\r\n%b\r\n" % (size if size >= 0 else 2**70, data) for size, data in chunks)
)
_BODIES = _QUERIES | st.binary(max_size=300) | _CHUNKS


def _quote(text: bytes) -> bytes:
    return b"".join(b"%c" % byte if 32 < byte < 127 and byte not in b"%&=+#" else b"%%%02x" % byte for byte in text)


def _exchange(port: int, request: bytes, *, reset: bool) -> None:
    with closing(socket.create_connection((LOOPBACK, port), timeout=10)) as connection, suppress(OSError):
        connection.sendall(request)
        if reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            return
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65_536):
            pass


def _answers(server: RunningServer) -> bool:
    return server.child.exit_code is None and server.request("GET", "/ping").text == "Ok.\n"


_fuzz = settings(
    max_examples=_EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@_fuzz
@given(method=_METHODS, target=_TARGETS, headers=_HEADERS, body=_BODIES, known=st.booleans(), reset=st.booleans())
def test_no_request_stops_the_server(
    server: RunningServer,
    *,
    method: bytes,
    target: bytes,
    headers: list[tuple[bytes, bytes]],
    body: bytes,
    known: bool,
    reset: bool,
) -> None:
    authorization = server.authorization["Authorization"].encode()
    lines = [b"Authorization: " + authorization] if known else []
    lines += [name + b": " + value for name, value in headers]
    lines += (
        []
        if any(name in {b"Content-Length", b"Transfer-Encoding"} for name, _ in headers)
        else [b"Content-Length: %d" % len(body)]
    )
    request = b"\r\n".join([method + b" " + target + b" HTTP/1.1", b"Host: x", *lines, b"", body])
    _exchange(server.port, request, reset=reset)
    assert _answers(server)


@_fuzz
@given(request=st.binary(max_size=400), reset=st.booleans())
def test_no_bytes_stop_the_server(server: RunningServer, *, request: bytes, reset: bool) -> None:
    _exchange(server.port, request, reset=reset)
    assert _answers(server)
