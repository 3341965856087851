"""Bodies are unpacked within their limit, whatever they claim."""

import gzip
import zlib
from collections.abc import Callable

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from streams.gateway.body import decoded_body
from streams.gateway.problem import Refusal

LIMIT = 10_000
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "zstd": zstd.compress,
    "": bytes,
    "identity": bytes,
}


def _status(body: bytes, encoding: str) -> int:
    with pytest.raises(Refusal) as refused:
        decoded_body(body, encoding=encoding, max_bytes=LIMIT)
    return refused.value.status.value


@pytest.mark.parametrize("encoding", PACKERS)
@given(body=st.binary(max_size=LIMIT))
def test_a_body_comes_out_as_it_went_in(encoding: str, body: bytes) -> None:
    assert decoded_body(PACKERS[encoding](body), encoding=encoding.upper(), max_bytes=LIMIT) == body


@pytest.mark.parametrize("encoding", PACKERS)
def test_the_limit_itself_is_allowed_and_one_byte_more_is_not(encoding: str) -> None:
    pack = PACKERS[encoding]

    assert len(decoded_body(pack(b"x" * LIMIT), encoding=encoding, max_bytes=LIMIT)) == LIMIT
    assert _status(pack(b"x" * (LIMIT + 1)), encoding) == 413


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_a_bomb_is_refused(encoding: str) -> None:
    bomb = PACKERS[encoding](bytes(100_000_000))
    assert len(bomb) < 200_000

    assert _status(bomb, encoding) == 413


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_broken_cut_and_continued_bodies_are_refused(encoding: str) -> None:
    packed = PACKERS[encoding](b'[{"scan_id": 1}]' * 20)

    assert _status(b"not packed at all", encoding) == 400
    assert _status(packed[:-5], encoding) == 400
    assert _status(packed + b"more", encoding) == 400
    assert _status(packed + packed, encoding) == 400
    assert _status(b"", encoding) == 400


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip"])
def test_another_encoding_is_refused(encoding: str) -> None:
    assert _status(zlib.compress(b"[]"), encoding) == 415


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
@given(body=st.binary(max_size=300))
def test_any_bytes_are_unpacked_or_refused(encoding: str, body: bytes) -> None:
    assert _status(body, encoding) in (400, 413)


def test_a_zstd_frame_may_not_ask_for_a_window_larger_than_every_decoder_has() -> None:
    options: dict[int, int] = {zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.content_size_flag: 0}
    packer = zstd.ZstdCompressor(options=options)
    packed = packer.compress(b"x" * 100) + packer.flush()

    assert _status(packed, "zstd") == 400
