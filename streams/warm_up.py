"""Load the compiled kernels before they are needed: three generated hours of scans go the way of real ones."""

import struct

import numpy as np
from aiokafka.record.default_records import DefaultRecordBatchBuilder

from schemas.columns import Columns
from schemas.encode import encode_batch
from schemas.kinds import VENUE
from schemas.plan import plan_of
from streams.batch import BatchProcessor
from streams.partition import Partition
from streams.people.warm_up import warm_up_people
from streams.registry.snapshot import Snapshot
from streams.transport.record_batch import Records, read_records
from streams.window.rules import HOUR_MS, WindowRules

#: So many that tables grow, and hours enough that what was in them expires: scans, then scans that are late.
_SCANS, _HOURS = 4_000, 3
_START_MS = 1_622_523_600_000
_LZ4 = 3


def warm_up() -> None:
    """Process generated scans and replay their landing messages; takes a minute once, a tenth of a second from cache.

    A kernel is compiled where it first meets arrays of some layout. One that this leaves out makes the first worker of
    an installation stand still for seconds in the midst of its work.
    """
    warm_up_people()
    processor = BatchProcessor(feed=VENUE)
    rules = WindowRules(rescan_ms=VENUE.rescan_window_ms)
    partition, other = (Partition.fresh(processor=processor, number=0, rules=rules) for _ in range(2))
    nothing = Snapshot.build(places={}, areas={}, devices={})
    for hour in range(_HOURS):
        processed = partition.process(records=_scans(hour), last=(hour + 1) * _SCANS - 1, snapshot=nothing)
        if processed is not None:
            other.replay(processed.message)


def _scans(hour: int) -> Records:
    """Return the scans of one hour, every fourth of them an hour late, as they are read of what a broker stores."""
    columns, count = Columns.empty(plan_of(VENUE), _SCANS), np.arange(_SCANS)
    chance = np.random.default_rng(hour)
    logged_ms = _START_MS + hour * HOUR_MS + count * HOUR_MS // _SCANS
    event_ms = logged_ms - np.where(count % 4 == 0, HOUR_MS, 0)
    columns.integers[:], columns.fixed[:] = 1, chance.integers(1, 1 << 63, columns.fixed.shape, np.uint64)
    for name, column in (("event_time", event_ms), ("sent_at", logged_ms), ("received_at", logged_ms)):
        columns.integer(name)[:] = column
    return read_records(_stored(columns, logged_ms.tolist(), first=hour * _SCANS))


def _stored(columns: Columns, logged_ms: list[int], *, first: int) -> bytes:
    """Return a record batch at the offsets from `first` on."""
    batch = DefaultRecordBatchBuilder(
        magic=2,
        compression_type=_LZ4,
        is_transactional=0,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=1 << 30,
    )
    values, keys = encode_batch(columns), columns.words("subject")
    for row, at_ms in enumerate(logged_ms):
        batch.append(row, timestamp=at_ms, key=keys[row].tobytes(), value=values.message(row), headers=[])
    stored: bytearray = batch.build()
    struct.pack_into(">q", stored, 0, first)
    return bytes(stored)
