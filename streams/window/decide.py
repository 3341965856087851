"""Decide a batch of one partition, event by event in offset order: the pure core of the pipeline.

A decision depends on the event, its broker timestamp and the events before it in the partition; never on the wall
clock or on where the batch was cut.
"""

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from schemas.columns import Columns
from schemas.enums import Lateness, Reason, Verdict
from streams.window import rules
from streams.window.rescan import age as age_rescan
from streams.window.rescan import find, key_of, put
from streams.window.retry import age as age_retry
from streams.window.retry import seen_or_add
from streams.window.state import WindowState
from streams.window.table import home

_ACCEPTED, _RESCAN, _RETRY, _REJECTED = (
    int(Verdict.ACCEPTED),
    int(Verdict.RESCAN),
    int(Verdict.RETRY),
    int(Verdict.REJECTED),
)
_ON_TIME, _LATE, _VERY_LATE = int(Lateness.ON_TIME), int(Lateness.LATE), int(Lateness.VERY_LATE)
_KEY_MISMATCH, _NO_SUBJECT = int(Reason.KEY_MISMATCH), int(Reason.NO_SUBJECT)
_NO_SCAN_ID, _TOO_OLD = int(Reason.NO_SCAN_ID), int(Reason.TOO_OLD)
_CLOCK_FUTURE, _CLOCK_SKEW = int(Reason.CLOCK_FUTURE), int(Reason.CLOCK_SKEW)
_BUCKET, _FUTURE, _NOTICED, _MOST = rules.BUCKET_MS, rules.FUTURE_MS, rules.SKEW_NOTICED_MS, rules.SKEW_MOST_MS
_ON_TIME_MS, _LATE_MS, _VERY_LATE_MS = rules.ON_TIME_MS, rules.LATE_MS, rules.VERY_LATE_MS
_AGED_BUCKETS = rules.AGED_BUCKETS

#: Slots of this many events fit the first-level cache (a line for each of two tables).
_TOUCHED_AHEAD = 128

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


@numba.njit(cache=True, nogil=True)
def _invalid(keyed, subject_first, subject_second, id_first, id_second, skew, age):  # type: ignore[no-untyped-def]
    """Return the reason an event is invalid, or 0."""
    if not keyed:
        return _KEY_MISMATCH
    if subject_first == 0 and subject_second == 0:
        return _NO_SUBJECT
    if id_first == 0 and id_second == 0:
        return _NO_SCAN_ID
    if skew > _MOST or skew < -_MOST:
        return _CLOCK_SKEW
    if age < -_FUTURE:
        return _CLOCK_FUTURE
    if age > _VERY_LATE_MS:
        return _TOO_OLD
    return 0


@numba.njit(cache=True, nogil=True, inline="always")
def _claim_of(devices, count, device):  # type: ignore[no-untyped-def]
    for index in range(count):
        if devices[index] == device:
            return index
    return -1


@numba.njit(cache=True, nogil=True)
def _touch(retry_keys, rescan_keys, ids, subjects, place, direction, first_row, end_row):  # type: ignore[no-untyped-def]
    """Load the slots these events will need, all at once.

    One after the other, each waits for memory; loads that don't depend on each other overlap.
    """
    touched = np.uint64(0)
    for row in range(first_row, end_row):
        touched ^= retry_keys[home(ids[row, 0], ids[row, 1], len(retry_keys)), 0]
        first, second = key_of(subjects[row, 0], subjects[row, 1], place[row], direction[row])
        touched ^= rescan_keys[home(first, second, len(rescan_keys)), 0]
    return touched


@numba.njit(cache=True, nogil=True)
def _decide_all(  # type: ignore[no-untyped-def]
    status, keyed, ids, subjects, place, direction, device, device_ms, sent_ms, received_ms, logged_ms, offsets,
    retry_keys, retry_marks, rescan_keys, rescan_marks, ahead_devices, ahead_untils, ahead_count,
    watermark, aged, buckets, window_ms,
    verdict, reason, lateness, checked, event_ms, skew_ms, rescan_of,
):  # fmt: skip
    retry_used, rescan_used, touched = 0, 0, np.uint64(0)
    for row in range(len(status)):
        if row % _TOUCHED_AHEAD == 0:
            end_row = min(row + _TOUCHED_AHEAD, len(status))
            touched ^= _touch(retry_keys, rescan_keys, ids, subjects, place, direction, row, end_row)
        rescan_of[row] = -1
        checked[row] = False
        lateness[row] = _ON_TIME
        verdict[row] = _REJECTED
        reason[row] = status[row]
        event_ms[row], skew_ms[row] = 0, 0
        if status[row] != 0:
            continue
        skew = received_ms[row] - sent_ms[row] if received_ms[row] != 0 else 0
        if -_NOTICED <= skew <= _NOTICED:
            skew = 0
        time_ms = device_ms[row] + skew
        age = logged_ms[row] - time_ms
        reason[row] = _invalid(keyed[row], subjects[row, 0], subjects[row, 1], ids[row, 0], ids[row, 1], skew, age)
        if reason[row] != 0:
            continue
        event_ms[row], skew_ms[row] = time_ms, skew
        if age > _LATE_MS:
            lateness[row] = _VERY_LATE
        elif age > _ON_TIME_MS:
            lateness[row] = _LATE
        newest = watermark // _BUCKET
        watermark = max(watermark, time_ms)
        oldest = watermark // _BUCKET - buckets
        if oldest - aged > _AGED_BUCKETS:
            age_retry(retry_marks, oldest, newest)
            age_rescan(rescan_marks, oldest, newest)
            aged = oldest
        check = False
        if device_ms[row] > logged_ms[row] + _FUTURE:
            check = True
            known = _claim_of(ahead_devices, ahead_count, device[row])
            if known < 0:
                ahead_devices[ahead_count], ahead_untils[ahead_count] = device[row], device_ms[row]
                ahead_count += 1
            else:
                ahead_untils[known] = max(ahead_untils[known], device_ms[row])
        elif device_ms[row] // _BUCKET < oldest:
            check = True
        else:
            outcome = seen_or_add(retry_keys, retry_marks, ids[row, 0], ids[row, 1], device_ms[row] // _BUCKET, oldest)
            if outcome == 1:
                verdict[row] = _RETRY
                continue
            retry_used -= outcome
            if ahead_count > 0:
                known = _claim_of(ahead_devices, ahead_count, device[row])
                check = known >= 0 and device_ms[row] <= ahead_untils[known]
        verdict[row] = _ACCEPTED
        bucket = time_ms // _BUCKET
        if bucket < oldest:
            checked[row] = True
            continue
        first, second = key_of(subjects[row, 0], subjects[row, 1], place[row], direction[row])
        found, pending, slot = find(rescan_keys, rescan_marks, first, second, time_ms, offsets[row], window_ms, oldest)
        check = check or pending or bucket == oldest
        checked[row] = check
        if found >= 0 and not check:
            verdict[row] = _RESCAN
            rescan_of[row] = found
        else:
            rescan_used += put(rescan_keys, rescan_marks, slot, first, second, time_ms, offsets[row], check)
    return watermark, aged, retry_used, rescan_used, ahead_count, touched


def _ahead_arrays(state: WindowState, events: int) -> tuple[Ints, Ints]:
    devices, untils = np.zeros((2, len(state.ahead) + events), np.int64)
    devices[: len(state.ahead)] = list(state.ahead)
    untils[: len(state.ahead)] = list(state.ahead.values())
    return devices, untils


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
    the same subject, place and direction is a re-scan of the one with the smallest offset. What memory can't tell
    (older than the windows, a clock that ran ahead, or near a row that is itself to be checked) is accepted and
    marked `checked`.
    """
    count = len(status)
    decisions = Decisions.empty(count)
    state.make_room(count)
    devices, untils = _ahead_arrays(state, count)
    retry, rescan = state.retry, state.rescan
    watermark, aged, retry_used, rescan_used, ahead_count, _ = _decide_all(
        status, keyed, columns.words("scan_id"), columns.words("subject"),
        columns.integer("place_id"), columns.integer("direction"), columns.integer("device_id"),
        columns.integer("event_time"), columns.integer("sent_at"), columns.integer("received_at"), logged_ms, offsets,
        retry.keys, retry.marks, rescan.keys, rescan.marks, devices, untils, len(state.ahead),
        state.watermark_ms, state.aged_bucket, state.rules.buckets, state.rules.rescan_ms,
        decisions.verdict, decisions.reason, decisions.lateness, decisions.checked,
        decisions.event_ms, decisions.skew_ms, decisions.rescan_of,
    )  # fmt: skip
    state.watermark_ms, state.aged_bucket = int(watermark), int(aged)
    retry.used += retry_used
    rescan.used += rescan_used
    if ahead_count:
        pairs = zip(devices[:ahead_count].tolist(), untils[:ahead_count].tolist(), strict=True)
        state.ahead = dict(pairs)
        state.forget_ahead()
    return decisions
