"""The loop over a batch's events: one compiled function, because calls and objects cost more than the work."""

import numba
import numpy as np

from schemas.enums import Lateness, Verdict
from streams.window import rules
from streams.window.ahead import claim, is_claimed
from streams.window.clock import reason_of, skew_of
from streams.window.history import is_known, may_be_near, may_repeat, note
from streams.window.late import find_late, put_late
from streams.window.rescan import find, key_of, put
from streams.window.rescan import mark_of as rescan_mark
from streams.window.retry import mark_of as retry_mark
from streams.window.retry import seen_or_add
from streams.window.table import age, home

_ACCEPTED, _RESCAN = int(Verdict.ACCEPTED), int(Verdict.RESCAN)
_RETRY, _REJECTED = int(Verdict.RETRY), int(Verdict.REJECTED)
_ON_TIME, _LATE, _VERY_LATE = int(Lateness.ON_TIME), int(Lateness.LATE), int(Lateness.VERY_LATE)
_ON_TIME_MS, _LATE_MS = rules.ON_TIME_MS, rules.LATE_MS
_BUCKET, _FUTURE, _AGED_BUCKETS = rules.BUCKET_MS, rules.FUTURE_MS, rules.AGED_BUCKETS

#: Slots of this many events fit the first-level cache: a line of keys and one of marks for each of two tables, 32 KiB.
_TOUCHED_AHEAD = 128


@numba.njit(cache=True, nogil=True)
def _touch(  # type: ignore[no-untyped-def]
    retry_keys, retry_marks, rescan_keys, rescan_marks, ids, subjects, place, direction, first_row, end_row
):
    """Load the slots these events will need, all at once.

    One after the other, each waits for memory; loads that don't depend on each other overlap.
    """
    touched = np.uint64(0)
    for row in range(first_row, end_row):
        slot = home(ids[row, 0], ids[row, 1], len(retry_keys))
        touched ^= retry_keys[slot, 0] ^ np.uint64(retry_marks[slot])
        first, second = key_of(subjects[row, 0], subjects[row, 1], place[row], direction[row])
        slot = home(first, second, len(rescan_keys))
        touched ^= rescan_keys[slot, 0] ^ rescan_marks[slot]
    return touched


@numba.njit(cache=True, nogil=True)
def _is_uncertain(  # type: ignore[no-untyped-def]
    bits, newest_ms, known_from_ms, first, second, time_ms, device_ms, claimed, window_ms, oldest
):
    """Tell whether the history may hold a copy of a scan that memory does not know, or an accepted neighbour.

    Copies are looked for where the device's time has left the windows or was claimed while its clock ran ahead,
    neighbours where the corrected time has left them.
    """
    oldest_ms = oldest * _BUCKET
    if not is_known(time_ms - window_ms, device_ms, claimed, oldest_ms, known_from_ms):
        return True
    if (claimed or device_ms < oldest_ms) and may_repeat(bits, newest_ms, first, second, device_ms):
        return True
    return time_ms < oldest_ms and may_be_near(bits, newest_ms, first, second, time_ms, window_ms)


@numba.njit(cache=True, nogil=True)
def decide_all(  # type: ignore[no-untyped-def]
    status, keyed, ids, subjects, place, direction, device, device_ms, sent_ms, received_ms, logged_ms, offsets,
    retry_keys, retry_marks, rescan_keys, rescan_marks, ahead_devices, ahead_untils, ahead_count,
    late_keys, late_facts, bits, newest_ms, blocks, known_from_ms, newest_logged,
    watermark, aged, buckets, window_ms,
    verdict, reason, lateness, checked, event_ms, skew_ms, rescan_of,
):  # fmt: skip
    """Decide every event by the rules of `decide_batch`: read the first line, move on the next two, write the last.

    Return the new watermark, the oldest bucket when tables were last aged, the slots newly used in the three tables,
    the keys added to the history, the newest broker time, the number of devices ahead, and a number without meaning (it
    keeps the compiler from dropping loads).
    """
    retry_used, rescan_used, late_used, noted, touched = 0, 0, 0, 0, np.uint64(0)
    for row in range(len(status)):
        if row % _TOUCHED_AHEAD == 0:
            end_row = min(row + _TOUCHED_AHEAD, len(status))
            touched ^= _touch(
                retry_keys, retry_marks, rescan_keys, rescan_marks, ids, subjects, place, direction, row, end_row
            )
        verdict[row], reason[row], lateness[row] = _REJECTED, status[row], _ON_TIME
        checked[row], event_ms[row], skew_ms[row], rescan_of[row] = False, 0, 0, -1
        if status[row] != 0:
            continue
        skew = skew_of(sent_ms[row], received_ms[row])
        time_ms = device_ms[row] + skew
        age_ms = logged_ms[row] - time_ms
        reason[row] = reason_of(keyed[row], subjects[row, 0], subjects[row, 1], ids[row, 0], ids[row, 1], skew, age_ms)
        if reason[row] != 0:
            continue
        event_ms[row], skew_ms[row] = time_ms, skew
        if age_ms > _LATE_MS:
            lateness[row] = _VERY_LATE
        elif age_ms > _ON_TIME_MS:
            lateness[row] = _LATE
        before = watermark
        watermark = max(watermark, time_ms)
        arrival = watermark // _BUCKET
        oldest = arrival - buckets
        if oldest - aged > _AGED_BUCKETS:
            age(retry_marks, retry_mark(oldest), max(before, newest_logged + _FUTURE) // _BUCKET < oldest)
            age(rescan_marks, rescan_mark(oldest), before // _BUCKET < oldest)
            aged = oldest
        newest_logged = max(newest_logged, logged_ms[row])
        own, bucket = device_ms[row] // _BUCKET, time_ms // _BUCKET
        ahead, filed = device_ms[row] > logged_ms[row] + _FUTURE, own
        if ahead:
            ahead_count, filed = claim(ahead_devices, ahead_untils, ahead_count, device[row], device_ms[row]), arrival
        elif own < oldest or bucket < oldest:
            filed = max(own, arrival)
        outcome = seen_or_add(retry_keys, retry_marks, ids[row, 0], ids[row, 1], filed, oldest)
        if outcome == 1:
            verdict[row] = _RETRY
            continue
        retry_used -= outcome
        verdict[row] = _ACCEPTED
        claimed = ahead_count > 0 and is_claimed(ahead_devices, ahead_untils, ahead_count, device[row], device_ms[row])
        first, second = key_of(subjects[row, 0], subjects[row, 1], place[row], direction[row])
        check, found, slot = False, np.int64(-1), np.int64(-1)
        if claimed or own < oldest or bucket < oldest:
            check = _is_uncertain(
                bits, newest_ms, known_from_ms, first, second, time_ms, device_ms[row], claimed, window_ms, oldest
            )
            found, pending, slot = find_late(
                late_keys, late_facts, first, second, time_ms, device_ms[row], window_ms, oldest
            )
            check = check or pending
        if bucket >= oldest:
            found, pending, slot = find(
                rescan_keys, rescan_marks, first, second, time_ms, offsets[row], window_ms, oldest
            )
            check = check or pending or bucket == oldest
        checked[row] = check
        if found >= 0 and not check:
            verdict[row], rescan_of[row] = _RESCAN, found
        elif bucket >= oldest:
            if window_ms > 0:
                rescan_used += put(rescan_keys, rescan_marks, slot, first, second, time_ms, offsets[row], check)
        elif not check:
            put_late(late_keys, late_facts, slot, first, second, time_ms, device_ms[row], offsets[row], arrival)
            late_used += 1
            continue
        noted += note(blocks, first, second, time_ms, device_ms[row])
    return watermark, aged, retry_used, rescan_used, late_used, noted, newest_logged, ahead_count, touched
