"""Apply the sink's own decisions to a landing message: rows marked `Flag.CHECKED` get their final verdict."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyarrow as pa

from schemas.enums import Flag, Lateness, Verdict
from schemas.landing import Counts, LandingMessage
from sinks.blocks import read_columns, rewrite_rows
from sinks.check import Lookup, Verdicts, decide
from sinks.clocks import SkewedDevices
from sinks.scans import COLUMNS, Bools, Ints, Scans

_LOW_BITS = np.uint64(0xFFFF)

#: Find the landed scans a lookup describes.
FindEarlier = Callable[[Lookup], Scans]


def recheck(message: LandingMessage, *, skewed: SkewedDevices, find_earlier: FindEarlier) -> LandingMessage:
    """Return `message` with its checked rows decided: itself, bytes untouched, where the worker's guess was right.

    Retries leave the rows; re-scans carry their verdict and the row they repeat; the counts follow. All rows with
    a smaller offset of the partition must have landed.
    """
    if not message.checked:
        return message
    table = read_columns(message.rows, (*COLUMNS, "flags", "lateness", "rescan_of"))
    checked = (table["flags"].to_numpy() & int(Flag.CHECKED)) != 0
    verdicts = _decide(message, Scans.of(table), checked, skewed, find_earlier)
    before, after = table["verdict"].to_numpy(), verdicts.verdict
    changed = checked & ((before != after) | (table["rescan_of"].to_numpy() != verdicts.rescan_of))
    if not changed.any():
        return message
    dropped = changed & (after == int(Verdict.RETRY))
    late = dropped & (table["lateness"].to_numpy() > int(Lateness.ON_TIME))
    offsets = table["_offset"].to_numpy()
    return replace(
        message,
        rows=rewrite_rows(message.rows, changed, _rewriter(changed, verdicts)),
        counts=message.counts + _difference(before, after, late=late),
        retries=np.sort(np.append(message.retries, (offsets[dropped] - message.first).astype(np.uint32))),
    )


def _decide(
    message: LandingMessage, scans: Scans, checked: Bools, skewed: SkewedDevices, find_earlier: FindEarlier
) -> Verdicts:
    wanted = scans.take(checked)
    earlier = find_earlier(
        Lookup(
            feed_code=message.feed.code,
            partition=message.partition,
            before=message.first,
            scans=wanted,
            skewed=skewed.among(wanted.device_id),
            rescan_window_ms=message.feed.rescan_window_ms,
        )
    )
    related = _related(scans, wanted)
    both = Scans.join(earlier, scans.take(related))
    is_checked = np.append(np.zeros(len(earlier), np.bool_), checked[related])
    decided = decide(both, checked=is_checked, rescan_window_ms=message.feed.rescan_window_ms)
    verdict = np.where(scans.accepted, int(Verdict.ACCEPTED), int(Verdict.RESCAN)).astype(np.uint8)
    rescan_of = np.full(len(scans), -1, np.int64)
    verdict[related] = decided.verdict[len(earlier) :]
    rescan_of[related] = decided.rescan_of[len(earlier) :]
    return Verdicts(verdict=verdict, rescan_of=rescan_of)


def _related(scans: Scans, wanted: Scans) -> Ints:
    """Return the rows that may be of the same people as `wanted`: all of those, and about one in a hundred others.

    Pseudonyms are random, so 16 bits of them are a hash; comparing all of them costs ten times as much.
    """
    marked = np.zeros(1 << 16, np.bool_)
    marked[wanted.subject[:, 0] & _LOW_BITS] = True
    return np.flatnonzero(marked[scans.subject[:, 0] & _LOW_BITS])


def _rewriter(changed: Bools, verdicts: Verdicts) -> Callable[[pa.RecordBatch, int], pa.RecordBatch]:
    def rewrite(batch: pa.RecordBatch, start: int) -> pa.RecordBatch:
        rows = slice(start, start + len(batch))
        verdict = np.where(changed[rows], verdicts.verdict[rows], batch["verdict"].to_numpy()).astype(np.int8)
        rescan_of = np.where(changed[rows], verdicts.rescan_of[rows], batch["rescan_of"].to_numpy())
        names = batch.schema.names
        batch = batch.set_column(names.index("verdict"), batch.schema.field("verdict"), pa.array(verdict))
        batch = batch.set_column(names.index("rescan_of"), batch.schema.field("rescan_of"), pa.array(rescan_of))
        return batch.filter(pa.array(verdict != int(Verdict.RETRY)))

    return rewrite


def _difference(before: np.ndarray, after: np.ndarray, *, late: Bools) -> Counts:
    """Return what changes in the counts; each checked row stays one outcome, so `seen` does not."""

    def change(verdict: Verdict) -> int:
        return int(np.count_nonzero(after == verdict)) - int(np.count_nonzero(before == verdict))

    return Counts(
        accepted=change(Verdict.ACCEPTED),
        rescan=change(Verdict.RESCAN),
        retry=change(Verdict.RETRY),
        late=-int(np.count_nonzero(late)),
    )
