"""Apply the sink's own decisions to landing messages: rows marked `Flag.CHECKED` get their final verdict."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.enums import Flag, Lateness, Verdict
from schemas.landing import Counts, LandingMessage, decode_block, encode_block
from schemas.rows import row_schema
from sinks.check import AGED_MS, Lookup, Verdicts, decide
from sinks.clocks import SkewedDevices
from sinks.scans import Bools, Ints, Scans

_LOW_BITS = np.uint64(0xFFFF)

#: Find the landed scans a lookup describes.
FindEarlier = Callable[[Lookup], Scans]


def recheck(
    messages: Sequence[LandingMessage], *, skewed: SkewedDevices, find_earlier: FindEarlier
) -> list[LandingMessage]:
    """Return consecutive messages of a partition with their checked rows decided, by one lookup for all.

    All rows with smaller offsets must have landed, and the settled ones of these messages. Blocks keep their bytes
    where the worker's guess was right. Retries leave the rows; re-scans carry their verdict and the row they repeat;
    the counts follow. How messages are grouped makes no difference to what becomes of them.
    """
    if not any(message.checked for message in messages):
        return list(messages)
    tables = [decode_block(message.unsettled, row_schema(message.feed)) for message in messages]
    checked = [(table["flags"].to_numpy() & int(Flag.CHECKED)) != 0 for table in tables]
    scans = Scans.join(*(Scans.of_feed(table, messages[0].feed) for table in tables))
    logged_ms = np.concatenate([pc.cast(table["logged_at"], pa.int64()).to_numpy() for table in tables])
    aged = scans.device_ms < logged_ms - AGED_MS
    verdicts = _decide(messages, scans, np.concatenate(checked), aged=aged, skewed=skewed, find_earlier=find_earlier)
    edges = np.cumsum([len(mask) for mask in checked])[:-1]
    parts = zip(np.split(verdicts.verdict, edges), np.split(verdicts.rescan_of, edges), strict=True)
    return [
        _apply(message, table, mask, Verdicts(verdict=verdict, rescan_of=rescan_of))
        for message, table, mask, (verdict, rescan_of) in zip(messages, tables, checked, parts, strict=True)
    ]


def _apply(message: LandingMessage, table: pa.Table, checked: Bools, verdicts: Verdicts) -> LandingMessage:
    before, after = table["verdict"].to_numpy(), verdicts.verdict
    changed = checked & ((before != after) | (table["rescan_of"].to_numpy() != verdicts.rescan_of))
    if not changed.any():
        return message
    dropped = changed & (after == int(Verdict.RETRY))
    late = dropped & (table["lateness"].to_numpy() > int(Lateness.ON_TIME))
    offsets = table["_offset"].to_numpy()
    return replace(
        message,
        unsettled=encode_block(_rewritten(table, changed, verdicts)),
        counts=message.counts + _difference(before, after, late=late),
        retries=np.sort(np.append(message.retries, (offsets[dropped] - message.first).astype(np.uint32))),
    )


def _decide(
    messages: Sequence[LandingMessage],
    scans: Scans,
    checked: Bools,
    *,
    aged: Bools,
    skewed: SkewedDevices,
    find_earlier: FindEarlier,
) -> Verdicts:
    feed, wanted = messages[0].feed, scans.take(checked)
    found = find_earlier(
        Lookup(
            feed=feed,
            partition=messages[0].partition,
            before=messages[-1].last + 1,
            scans=wanted,
            skewed=skewed.among(wanted.device_id),
            aged=aged[checked],
            rescan_window_ms=feed.rescan_window_ms,
        )
    )
    # What a predecessor landed of these very blocks is decided anew, and the same.
    earlier = found.take(~np.isin(found.offset, scans.offset))
    related = _related(scans, wanted)
    both = Scans.join(earlier, scans.take(related))
    is_checked = np.append(np.zeros(len(earlier), np.bool_), checked[related])
    decided = decide(both, checked=is_checked, rescan_window_ms=feed.rescan_window_ms)
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


def _rewritten(table: pa.Table, changed: Bools, verdicts: Verdicts) -> pa.Table:
    verdict = np.where(changed, verdicts.verdict, table["verdict"].to_numpy()).astype(np.int8)
    rescan_of = np.where(changed, verdicts.rescan_of, table["rescan_of"].to_numpy())
    for name, values in (("verdict", verdict), ("rescan_of", rescan_of)):
        at = table.schema.get_field_index(name)
        table = table.set_column(at, table.schema.field(at), pa.array(values))
    return table.filter(pa.array(verdict != int(Verdict.RETRY)))


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
