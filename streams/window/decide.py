"""Decide a batch of one partition, event by event in offset order: the pure core of the pipeline.

A decision depends on the event, its broker timestamp and the events before it in the partition; never on the wall
clock or on where the batch was cut.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schemas.columns import Columns
from streams.window.ahead import arrays_of
from streams.window.kernel import decide_all
from streams.window.rules import BUCKET_MS, FUTURE_MS
from streams.window.state import WindowState

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Decisions:
    """What became of each event of a batch; all columns have the batch's length and order.

    `event_ms` is the corrected event time, `skew_ms` what was added to the device's. `reason` is 0 unless rejected,
    `rescan_of` is -1 unless a re-scan. `checked` marks rows whose verdict the sink has to decide. `lateness`,
    `event_ms` and `skew_ms` mean nothing for rejected events.
    """

    verdict: Bytes
    reason: Bytes
    lateness: Bytes
    checked: npt.NDArray[np.bool_]
    event_ms: Ints
    skew_ms: Ints
    rescan_of: Ints

    @classmethod
    def empty(cls, count: int) -> "Decisions":
        """Return uninitialised decisions for `count` events."""
        verdict, reason, lateness = (np.empty(count, np.uint8) for _ in range(3))
        event_ms, skew_ms, rescan_of = (np.empty(count, np.int64) for _ in range(3))
        return cls(verdict, reason, lateness, np.empty(count, np.bool_), event_ms, skew_ms, rescan_of)


def _possibly_late(state: WindowState, columns: Columns, logged_ms: Ints) -> int:
    """Return how many events of a batch may be older than the windows when their turn comes, at most."""
    if not len(logged_ms):
        return 0
    sent, received, device_ms = (columns.integer(name) for name in ("sent_at", "received_at", "event_time"))
    time_ms = device_ms + np.minimum(0, np.where(received != 0, received - sent, 0))
    oldest = state.rules.oldest_bucket(max(state.watermark_ms, int(logged_ms.max()) + FUTURE_MS))
    return int(np.count_nonzero(time_ms < oldest * BUCKET_MS))


def decide_batch(
    state: WindowState,
    *,
    columns: Columns,
    status: Bytes,
    keyed: npt.NDArray[np.bool_],
    logged_ms: Ints,
    offsets: Ints,
) -> Decisions:
    """Decide every event of a batch and move `state` on past it.

    Events are in ascending order of `offsets`. `status` is `decode_batch`'s (0 or a reason), `keyed` tells whether
    the Kafka key was the event's subject, `logged_ms` are broker timestamps. Releases the GIL in its loop.

    Rules: a scan id seen among live buckets is a retry. A scan nearer than the re-scan window to an accepted one of
    the same subject, place and direction is a re-scan of the one with the smallest offset. Scans older than the
    windows are decided where it is certain that nothing that could matter landed before, but for other late scans of
    late. What memory can't tell (the history may hold something, a clock that ran ahead, or near a row that is itself
    to be checked) is accepted and marked `checked`.
    """
    count = len(status)
    decisions = Decisions.empty(count)
    state.make_room(count, late=_possibly_late(state, columns, logged_ms))
    devices, untils = arrays_of(state.ahead, events=count)
    retry, rescan, late, history = state.retry, state.rescan, state.late, state.history
    watermark, aged, retry_used, rescan_used, late_used, noted, logged, ahead_count, _ = decide_all(
        status, keyed, columns.words(columns.plan.identity), columns.words("subject"),
        columns.integer_or_zero("place_id"), columns.integer_or_zero("direction"), columns.integer_or_zero("device_id"),
        columns.integer("event_time"), columns.integer("sent_at"), columns.integer("received_at"), logged_ms, offsets,
        retry.keys, retry.marks, rescan.keys, rescan.marks, devices, untils, len(state.ahead),
        late.keys, late.facts,
        history.bits, history.newest_ms, history.blocks, history.known_from_ms, history.logged_ms,
        state.watermark_ms, state.aged_bucket, state.rules.buckets, state.rules.rescan_ms,
        decisions.verdict, decisions.reason, decisions.lateness, decisions.checked,
        decisions.event_ms, decisions.skew_ms, decisions.rescan_of,
    )  # fmt: skip
    state.watermark_ms, state.aged_bucket = int(watermark), int(aged)
    retry.used += retry_used
    rescan.used += rescan_used
    late.used += late_used
    history.keys += noted
    history.logged_ms = int(logged)
    if ahead_count:
        pairs = zip(devices[:ahead_count].tolist(), untils[:ahead_count].tolist(), strict=True)
        state.ahead = dict(pairs)
        state.forget_ahead()
    return decisions
