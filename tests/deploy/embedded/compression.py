"""The compressions ClickHouse's HTTP interface and its clients have in common, by their names in HTTP headers."""

import gzip
import zlib
from collections.abc import Callable

import lz4.frame
import zstandard

ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstandard.compress,
    "lz4": lz4.frame.compress,
}
DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "deflate": zlib.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().stream_reader(body).read(),
    "lz4": lz4.frame.decompress,
}
