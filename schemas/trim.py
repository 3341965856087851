"""Cut a landing message to the offsets that are not covered yet.

A paused or stale worker may append ranges another worker has covered; decisions depend only on the source, so
whichever message comes first in the log wins and the rest of a later one still counts.
"""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.enums import Flag, Lateness, Verdict
from schemas.landing import Counts, LandingMessage, decode_block, encode_block
from schemas.rows import REJECT_SCHEMA, row_schema


def count_rows(rows: pa.Table, *, rejected: int, retry: int) -> Counts:
    """Return the counts of a range from its landed rows and the numbers of its other events."""
    accepted = int(pc.sum(pc.equal(rows["verdict"], int(Verdict.ACCEPTED))).as_py() or 0)
    on_time = int(pc.sum(pc.equal(rows["lateness"], int(Lateness.ON_TIME))).as_py() or 0)
    landed = rows.num_rows
    return Counts(
        seen=landed + rejected + retry,
        accepted=accepted,
        rescan=landed - accepted,
        retry=retry,
        rejected=rejected,
        late=landed - on_time,
    )


def after(message: LandingMessage, offset: int) -> LandingMessage | None:
    """Return the part of `message` above `offset`: itself when all is, None when nothing is."""
    if message.first > offset:
        return message
    if message.last <= offset:
        return None
    schema = row_schema(message.feed)
    settled, unsettled = (_above(block, schema, offset) for block in (message.settled, message.unsettled))
    rejects = _above(message.rejects, REJECT_SCHEMA, offset)
    first = offset + 1
    kept = message.retries.astype(np.int64) + message.first
    retries = (kept[kept > offset] - first).astype(np.uint32)
    checked = np.count_nonzero(unsettled["flags"].to_numpy() & int(Flag.CHECKED))
    rows = pa.concat_tables([settled, unsettled])
    return replace(
        message,
        first=first,
        counts=count_rows(rows, rejected=rejects.num_rows, retry=len(retries)),
        checked=int(checked),
        settled=encode_block(settled),
        unsettled=encode_block(unsettled),
        rejects=encode_block(rejects),
        retries=retries,
    )


def _above(block: bytes, schema: pa.Schema, offset: int) -> pa.Table:
    rows = decode_block(block, schema)
    return rows.filter(pc.greater(rows["_offset"], offset))
