"""Load the compiled kernels before they are needed, by running an empty-handed batch through them."""

import numpy as np

from schemas.columns import Columns
from schemas.decode import spans_of
from schemas.encode import encode_batch
from schemas.kinds import VENUE
from schemas.plan import plan_of
from streams.batch import BatchProcessor
from streams.partition import Partition
from streams.people.warm_up import warm_up_people
from streams.registry.snapshot import Snapshot
from streams.transport.record_batch import Records
from streams.window.rules import WindowRules

_SUBJECT = bytes(range(16))


def warm_up() -> None:
    """Process two generated scans and replay their landing message; takes seconds once, milliseconds from cache."""
    warm_up_people()
    columns = Columns.empty(plan_of(VENUE), 2)
    columns.integers[:] = 1
    columns.fixed[:] = np.frombuffer(_SUBJECT, np.uint64)
    records = Records(spans_of([_SUBJECT] * 2), encode_batch(columns), np.arange(2), np.ones(2, np.int64))
    rules = WindowRules(rescan_ms=VENUE.rescan_window_ms)
    processor = BatchProcessor(feed=VENUE)
    nothing = Snapshot.build(places={}, areas={}, devices={})
    processed = Partition.fresh(processor=processor, number=0, rules=rules).process(
        records=records, last=1, snapshot=nothing
    )
    if processed is not None:
        Partition.fresh(processor=processor, number=0, rules=rules).replay(processed.message)
