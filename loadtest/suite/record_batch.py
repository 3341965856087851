"""Kafka record batches (format v2, LZ4), made before they are sent.

The format: https://kafka.apache.org/documentation/#recordbatch. A client library makes them while it sends; on a
machine that the generator shares with what it measures, that work belongs before the start.
"""

import struct

import lz4.frame
import numba
import numpy as np
import numpy.typing as npt
from aiokafka.record.util import calc_crc32c

from loadtest.draw import Ints
from loadtest.pieces import Pieces
from loadtest.suite.kafka_wire import ProducerId

#: baseOffset, batchLength, partitionLeaderEpoch, magic, crc; then what the checksum covers: attributes,
#: lastOffsetDelta, baseTimestamp, maxTimestamp, producerId, producerEpoch, baseSequence, recordsCount.
_HEAD = struct.Struct(">qiibI")
_COVERED = struct.Struct(">hiqqqhii")
_MAGIC, _LZ4 = 2, 3
_NOT_IN_LENGTH = 12  # baseOffset and batchLength
#: Attributes, time delta and header count take a byte each; four varints at most five each.
_MOST_FRAME_BYTES = 3 + 4 * 5
_SEQUENCES = 1 << 31


@numba.njit(cache=True, nogil=True)
def _put_varint(buffer, at, value):  # type: ignore[no-untyped-def]
    raw = np.uint64(value << 1) ^ np.uint64(value >> 63)
    while raw >= np.uint64(128):
        buffer[at] = np.uint8(raw & np.uint64(127)) | np.uint8(128)
        at += 1
        raw >>= np.uint64(7)
    buffer[at] = np.uint8(raw)
    return at + 1


@numba.njit(cache=True, nogil=True)
def _varint_bytes(value):  # type: ignore[no-untyped-def]
    raw = np.uint64(value << 1) ^ np.uint64(value >> 63)
    count = 1
    while raw >= np.uint64(128):
        raw >>= np.uint64(7)
        count += 1
    return count


@numba.njit(cache=True, nogil=True)
def _put_piece(out, at, buffer, start, length):  # type: ignore[no-untyped-def]
    at = _put_varint(out, at, length)
    for index in range(max(0, length)):
        out[at + index] = buffer[start + index]
    return at + max(0, length)


@numba.njit(cache=True, nogil=True)
def _put_records(rows, edges, keys, key_at, key_long, values, value_at, value_long, out, ends):  # type: ignore[no-untyped-def]  # noqa: PLR0917 -- a kernel takes arrays
    at = 0
    for batch in range(len(edges) - 1):
        for index in range(edges[batch], edges[batch + 1]):
            row = rows[index]
            delta = index - edges[batch]
            key, value = key_long[row], value_long[row]
            size = 3 + _varint_bytes(delta) + _varint_bytes(key) + _varint_bytes(value) + max(0, key) + max(0, value)
            at = _put_varint(out, at, size)
            out[at] = 0
            out[at + 1] = 0
            at = _put_varint(out, at + 2, delta)
            at = _put_piece(out, at, keys, key_at[row], key)
            at = _put_piece(out, at, values, value_at[row], value)
            out[at] = 0
            at += 1
        ends[batch] = at


def encode_records(keys: Pieces, values: Pieces, *, rows: Ints, edges: Ints) -> tuple[npt.NDArray[np.uint8], Ints]:
    """Return the records of several batches, end to end, and where each batch's end.

    Batch i holds the messages `rows[edges[i] : edges[i + 1]]`, in this order.
    """
    worst = keys.total_bytes + values.total_bytes + len(rows) * _MOST_FRAME_BYTES
    out, ends = np.empty(max(1, worst), np.uint8), np.zeros(len(edges) - 1, np.int64)
    _put_records(
        rows, edges, keys.buffer, keys.starts, keys.lengths, values.buffer, values.starts, values.lengths, out, ends
    )
    return out, ends


def make_batch(records: bytes, *, count: int, first_sequence: int, timestamp_ms: int, producer: ProducerId) -> bytes:
    """Return a batch of `count` encoded records; `first_sequence` counts the partition's records of this producer."""
    packed: bytes = lz4.frame.compress(records, block_linked=False, store_size=False)
    covered = _COVERED.pack(
        _LZ4,
        count - 1,
        timestamp_ms,
        timestamp_ms,
        producer.number,
        producer.epoch,
        first_sequence % _SEQUENCES,
        count,
    )
    covered += packed
    length = _HEAD.size + len(covered) - _NOT_IN_LENGTH
    return _HEAD.pack(0, length, -1, _MAGIC, calc_crc32c(covered)) + covered
