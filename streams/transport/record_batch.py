"""Read Kafka's record batches (format v2) without making an object of every record.

Source: Kafka protocol guide, "Record Batch". The base offset is at byte 0, the length at 8, the magic at 16, the CRC
at 17 (CRC-32C of all from byte 21), attributes at 21, the last offset delta at 23, timestamps at 27 and 35, the record
count at 57, records from 61.
"""

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import cramjam
import lz4.frame
import numba
import numpy as np
import numpy.typing as npt
from aiokafka import codec as codecs
from aiokafka.record._crecords import crc32c_cython

from schemas.decode import Spans

_HEADER = struct.Struct(">qiibIhiqqqhii")
_CRC_FROM, _RECORDS_FROM, _LENGTH_FROM = 21, 61, 12
_COMPRESSION, _LOG_APPEND_TIME, _CONTROL = 0x07, 0x08, 0x20
#: Length, attributes, both deltas, both lengths and the number of headers: a byte each.
_LEAST_RECORD_BYTES = 7
_DECOMPRESS: dict[int, Callable[[memoryview], bytes | memoryview]] = {
    0: lambda body: body,
    1: codecs.gzip_decode,
    2: lambda body: codecs.snappy_decode(bytes(body)),
    3: lz4.frame.decompress,
    4: codecs.zstd_decode,
}
#: What the decompressors raise.
_DAMAGED = (OSError, RuntimeError, EOFError, struct.error, zlib.error, cramjam.DecompressionError)

Ints = npt.NDArray[np.int64]


class CorruptBatch(ValueError):
    """A record batch is not what its header or checksum says; nothing of it may be used."""


@dataclass(frozen=True, slots=True)
class Records:
    """Consecutive records of one partition as columns; `keys` and `values` share one buffer."""

    keys: Spans
    values: Spans
    offsets: Ints
    logged_ms: Ints

    def __len__(self) -> int:
        return len(self.offsets)

    def since(self, offset: int) -> "Records":
        """Return the records at `offset` and above."""
        first = int(np.searchsorted(self.offsets, offset))
        if first == 0:
            return self
        return self._cut(first, len(self))

    def pieces(self, *, most_events: int, most_bytes: int) -> list["Records"]:
        """Return the records cut into at least one piece; only a single event may be larger than asked."""
        sizes = np.cumsum(np.maximum(self.values.lengths, 0) + np.maximum(self.keys.lengths, 0))
        cuts, at = [0], 0
        while at < len(self):
            room = most_bytes + (int(sizes[at - 1]) if at else 0)
            at = min(at + most_events, max(at + 1, int(np.searchsorted(sizes, room, "right"))))
            cuts.append(at)
        if len(cuts) <= 2:
            return [self]
        return [self._cut(first, end) for first, end in pairwise(cuts)]

    def _cut(self, first: int, end: int) -> "Records":
        keys, values = _cut(self.keys, first, end), _cut(self.values, first, end)
        return Records(keys, values, self.offsets[first:end], self.logged_ms[first:end])


def _cut(spans: Spans, first: int, end: int) -> Spans:
    return Spans(spans.buffer, spans.starts[first:end], spans.lengths[first:end])


@dataclass(frozen=True, slots=True)
class _Batch:
    base_offset: int
    last_offset: int
    attributes: int
    base_ms: int
    most_ms: int
    count: int
    body: memoryview


def _batches(data: memoryview, *, check_crcs: bool) -> Iterator[_Batch]:
    """Yield the whole batches of a fetch response; the last may be cut short by the broker and is left out."""
    at = 0
    while at + _RECORDS_FROM <= len(data):
        base, length, _, magic, crc, attributes, delta, base_ms, most_ms, *_, count = _HEADER.unpack_from(data, at)
        end = at + _LENGTH_FROM + length
        if length < _RECORDS_FROM - _LENGTH_FROM:
            raise CorruptBatch(f"the record batch at offset {base} says that it is {length} bytes long")
        if end > len(data):
            return
        if magic != 2:
            raise CorruptBatch(f"record batch of format {magic} at offset {base}; only format 2 is read")
        if check_crcs and crc32c_cython(data[at + _CRC_FROM : end]) != crc:
            raise CorruptBatch(f"checksum of the record batch at offset {base} does not match")
        yield _Batch(base, base + delta, attributes, base_ms, most_ms, count, data[at + _RECORDS_FROM : end])
        at = end


def _decompressed(batch: _Batch) -> bytes | memoryview:
    """Return the records' bytes, at least as many as the header's count of records needs."""
    codec = batch.attributes & _COMPRESSION
    decompress = _DECOMPRESS.get(codec)
    if decompress is None:
        raise CorruptBatch(f"compression {codec} of the batch at offset {batch.base_offset} is not known")
    try:
        body = decompress(batch.body) if batch.count else b""
    except _DAMAGED as error:
        raise CorruptBatch(f"the batch at offset {batch.base_offset} can't be decompressed: {error}") from error
    if not 0 <= batch.count <= len(body) // _LEAST_RECORD_BYTES:
        raise CorruptBatch(f"the batch at offset {batch.base_offset} can't hold {batch.count} records")
    return body


@numba.njit(cache=True, nogil=True, inline="always")
def _varint(data, at):  # type: ignore[no-untyped-def]
    """Return a zigzag varint's value and the position behind it; positions beyond the data give (0, len + 1)."""
    raw, shift = np.uint64(0), np.uint64(0)
    while at < len(data) and shift < 64:
        byte = data[at]
        at += 1
        raw |= np.uint64(byte & 127) << shift
        if byte < 128:
            return np.int64(raw >> np.uint64(1)) ^ -np.int64(raw & np.uint64(1)), at
        shift += np.uint64(7)
    return np.int64(0), len(data) + 1


@numba.njit(cache=True, nogil=True)
def _walk(data, at, row, count, base_offset, base_ms, fixed_ms, places, offsets, logged_ms):  # type: ignore[no-untyped-def]
    """Fill rows from `row` on; return the position behind the last record, or -1 when the records are damaged."""
    for index in range(row, row + count):
        length, at = _varint(data, at)
        end = at + length
        if length < 0 or end > len(data):
            return -1
        at += 1
        time_delta, at = _varint(data, at)
        offset_delta, at = _varint(data, at)
        key_length, at = _varint(data, at)
        places[0, index], places[1, index] = at, key_length
        at += max(key_length, 0)
        if at < 0 or at > end:
            return -1
        value_length, at = _varint(data, at)
        places[2, index], places[3, index] = at, value_length
        if value_length > end - at:
            return -1
        offsets[index] = base_offset + offset_delta
        logged_ms[index] = fixed_ms if fixed_ms >= 0 else base_ms + time_delta
        at = end
    return at


def read_records(data: bytes | memoryview, *, check_crcs: bool = True) -> Records:
    """Return all records of one partition's part of a fetch response, control batches left out.

    Timestamps are the broker's where the topic has LogAppendTime, else the producer's. Raise CorruptBatch.
    """
    found = _batches(memoryview(data), check_crcs=check_crcs)
    batches = [batch for batch in found if not batch.attributes & _CONTROL]
    bodies = [_decompressed(batch) for batch in batches]
    buffer = np.frombuffer(bodies[0] if len(bodies) == 1 else b"".join(bodies), np.uint8)
    count = sum(batch.count for batch in batches)
    places = np.empty((4, count), np.int64)
    offsets, logged_ms = np.empty(count, np.int64), np.empty(count, np.int64)
    row, start = 0, 0
    for batch, body in zip(batches, bodies, strict=True):
        fixed_ms = batch.most_ms if batch.attributes & _LOG_APPEND_TIME else -1
        end = start + len(body)
        behind = _walk(
            buffer[:end],
            start,
            row,
            batch.count,
            batch.base_offset,
            batch.base_ms,
            fixed_ms,
            places,
            offsets,
            logged_ms,
        )
        if behind != end:
            raise CorruptBatch(f"the records of the batch at offset {batch.base_offset} are damaged")
        row, start = row + batch.count, end
    return Records(Spans(buffer, places[0], places[1]), Spans(buffer, places[2], places[3]), offsets, logged_ms)
