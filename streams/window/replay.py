"""Rebuild the windows from landing-log messages: the inverse of what `decide` remembered."""

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas.enums import Flag, Verdict
from schemas.landing import LandingMessage, landed_rows
from schemas.plan import plan_of
from streams.window import rules
from streams.window.history import note
from streams.window.rescan import find, key_of, put
from streams.window.retry import seen_or_add
from streams.window.state import WindowState

_ACCEPTED, _CHECKED = int(Verdict.ACCEPTED), int(Flag.CHECKED)
_BUCKET, _FUTURE = rules.BUCKET_MS, rules.FUTURE_MS


@numba.njit(cache=True, nogil=True)
def _remember_all(  # type: ignore[no-untyped-def]
    ids, subjects, place, direction, event_ms, skew_ms, logged_ms, offsets, verdict, flags,
    retry_keys, retry_marks, rescan_keys, rescan_marks, blocks, oldest,
):  # fmt: skip
    retry_used, rescan_used, noted = 0, 0, 0
    for row in range(len(offsets)):
        device_ms = event_ms[row] - skew_ms[row]
        ahead = device_ms > logged_ms[row] + _FUTURE
        if not ahead and device_ms // _BUCKET >= oldest:
            outcome = seen_or_add(retry_keys, retry_marks, ids[row, 0], ids[row, 1], device_ms // _BUCKET, oldest)
            if outcome < 0:
                retry_used += 1
        first, second = key_of(subjects[row, 0], subjects[row, 1], place[row], direction[row])
        noted += note(blocks, first, second, event_ms[row], device_ms)
        if verdict[row] != _ACCEPTED or event_ms[row] // _BUCKET < oldest:
            continue
        _, _, slot = find(rescan_keys, rescan_marks, first, second, event_ms[row], offsets[row], 0, oldest)
        pending = (flags[row] & _CHECKED) != 0
        rescan_used += put(rescan_keys, rescan_marks, slot, first, second, event_ms[row], offsets[row], pending)
    return retry_used, rescan_used, noted


def _words(rows: pa.RecordBatch, name: str) -> npt.NDArray[np.uint64]:
    column = rows.column(name)
    words = np.frombuffer(column.buffers()[1], np.uint64).reshape(-1, 2)
    return words[column.offset : column.offset + len(column)]


def _integers(rows: pa.RecordBatch, name: str) -> npt.NDArray[np.int64]:
    if name not in rows.schema.names:
        return np.zeros(len(rows), np.int64)
    column = rows.column(name)
    if pa.types.is_timestamp(column.type):
        column = column.view(pa.int64())
    # Not column.to_numpy(): that imports pandas, a quarter of a second of a worker's start.
    values = np.frombuffer(column.buffers()[1], column.type.to_pandas_dtype())
    return values[column.offset : column.offset + len(column)].astype(np.int64)


def remember(state: WindowState, message: LandingMessage) -> None:
    """Put what `message` landed into `state`'s windows, as if `state` had decided it.

    The message's offsets must follow those `state` has seen; a message cut by `trim.after` counts as well. Afterwards
    `state` decides as the state that published the message did, provided it also remembers every message whose
    events the windows can hold; but of what is older it knows less, so that the sink may have more to decide.
    """
    state.advance(message.watermark_ms)
    state.ahead = dict(message.ahead)
    state.forget_ahead()
    table = landed_rows(message)
    state.make_room(table.num_rows)
    for rows in table.to_batches():
        retry_used, rescan_used, noted = _remember_all(
            _words(rows, plan_of(message.feed).identity), _words(rows, "subject"), _integers(rows, "place_id"),
            _integers(rows, "direction"), _integers(rows, "event_time"), _integers(rows, "skew_ms"),
            _integers(rows, "logged_at"), _integers(rows, "_offset"), _integers(rows, "verdict"),
            _integers(rows, "flags"),
            state.retry.keys, state.retry.marks, state.rescan.keys, state.rescan.marks,
            state.history.blocks, state.oldest_bucket,
        )  # fmt: skip
        state.retry.used += int(retry_used)
        state.rescan.used += int(rescan_used)
        state.history.keys += int(noted)
    state.history.logged_ms = max(state.history.logged_ms, message.logged_ms)
