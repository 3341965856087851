"""Record batches as producers make them and brokers store them."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from aiokafka.record._crecords import crc32c_cython
from aiokafka.record.default_records import DefaultRecordBatchBuilder

_CRC_AT, _CRC_FROM, _ATTRIBUTES_AT, _LAST_DELTA_AT, _MOST_MS_AT = 17, 21, 21, 23, 35
LOG_APPEND_TIME, CONTROL = 0x08, 0x20


class Codec(IntEnum):
    """Compressions of the Kafka protocol by code."""

    NONE = 0
    GZIP = 1
    SNAPPY = 2
    LZ4 = 3
    ZSTD = 4


@dataclass(frozen=True, slots=True)
class Sent:
    """A record as a producer sends it."""

    key: bytes | None
    value: bytes | None
    created_ms: int = 1_622_523_600_000
    headers: tuple[tuple[str, bytes], ...] = ()


def batch_of(
    sent: Sequence[Sent],
    *,
    base: int = 0,
    codec: Codec = Codec.NONE,
    appended_ms: int | None = None,
    attributes: int = 0,
) -> bytes:
    """Return one record batch at the offsets from `base` on; `appended_ms` is a broker's LogAppendTime."""
    builder = DefaultRecordBatchBuilder(
        magic=2,
        compression_type=int(codec),
        is_transactional=0,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=1 << 30,
    )
    for delta, record in enumerate(sent):
        builder.append(
            delta, timestamp=record.created_ms, key=record.key, value=record.value, headers=list(record.headers)
        )
    batch = builder.build()
    batch[0:8] = struct.pack(">q", base)
    if appended_ms is not None:
        attributes |= LOG_APPEND_TIME
        batch[_MOST_MS_AT : _MOST_MS_AT + 8] = struct.pack(">q", appended_ms)
    batch[_ATTRIBUTES_AT + 1] |= attributes
    return sealed(batch)


def sealed(batch: bytearray) -> bytes:
    """Return the batch with the checksum of what it holds."""
    batch[_CRC_AT : _CRC_AT + 4] = struct.pack(">I", crc32c_cython(bytes(batch[_CRC_FROM:])))
    return bytes(batch)


def with_last_delta(batch: bytes, delta: int) -> bytes:
    """Return the batch saying that its last offset is `base + delta`, as after compaction."""
    changed = bytearray(batch)
    changed[_LAST_DELTA_AT : _LAST_DELTA_AT + 4] = struct.pack(">i", delta)
    return sealed(changed)
