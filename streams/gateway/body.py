"""Undo a body's Content-Encoding, bounded: a small body can't unpack into a large one."""

import zlib
from http import HTTPStatus
from typing import Protocol

from backports import zstd

from streams.gateway.problem import Refusal

_GZIP_FORMAT = 16 + zlib.MAX_WBITS
# What every decoder of RFC 8878 must support, and enough for bodies of this size.
_ZSTD_WINDOW_LOG = 23


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def decoded_body(body: bytes, *, encoding: str, max_bytes: int) -> bytes:
    """Return the body as it was before `encoding` (gzip, zstd, identity or nothing).

    Raise Refusal: 415 for another encoding, 413 if more than `max_bytes` come out, 400 if the bytes are broken.
    Never holds more than `max_bytes` and a decoder's window.
    """
    match encoding.strip().lower():
        case "" | "identity":
            return _within(body, max_bytes)
        case "gzip" | "x-gzip":
            return _unpacked(zlib.decompressobj(_GZIP_FORMAT), body, max_bytes)
        case "zstd":
            options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG}
            return _unpacked(zstd.ZstdDecompressor(options=options), body, max_bytes)
    raise Refusal(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "Content-Encoding must be gzip or zstd, or absent.",
        {"Accept-Encoding": "gzip, zstd"},
    )


def _unpacked(decompressor: _Decompressor, body: bytes, max_bytes: int) -> bytes:
    try:
        unpacked = _within(decompressor.decompress(body, max_bytes + 1), max_bytes)
    except (zlib.error, zstd.ZstdError) as error:
        raise Refusal(HTTPStatus.BAD_REQUEST, "The body is not what its Content-Encoding says.") from error
    if not decompressor.eof or decompressor.unused_data:
        raise Refusal(HTTPStatus.BAD_REQUEST, "The compressed body must be one whole gzip member or zstd frame.")
    return unpacked


def _within(body: bytes, max_bytes: int) -> bytes:
    if len(body) > max_bytes:
        raise too_large(max_bytes)
    return body


def too_large(max_bytes: int) -> Refusal:
    """Make the refusal of a body above the limit."""
    return Refusal(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"The body must not exceed {max_bytes} bytes, decompressed; send fewer events a request.",
    )
