"""Decode a whole fetched batch of one feed into columns, exact about which record is malformed and why."""

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from schemas.columns import Columns
from schemas.enums import Reason
from schemas.plan import BOOLEAN, FIXED16, FLOAT, TEXT, TEXT_SPAN, Plan

OK = 0
_EMPTY, _BAD_MAGIC = int(Reason.EMPTY), int(Reason.BAD_MAGIC)
_UNKNOWN_SCHEMA, _TRUNCATED = int(Reason.UNKNOWN_SCHEMA), int(Reason.TRUNCATED)
_TRAILING, _OUT_OF_RANGE = int(Reason.TRAILING_BYTES), int(Reason.OUT_OF_RANGE)
_BAD_TEXT = int(Reason.BAD_TEXT)


@dataclass(frozen=True, slots=True)
class Spans:
    """Where n messages lie in one buffer: message i is ``buffer[starts[i]:starts[i] + lengths[i]]``.

    A length of -1 is a message without a value (a tombstone).
    """

    buffer: npt.NDArray[np.uint8]
    starts: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts)

    def take(self, rows: npt.NDArray[np.int64]) -> "Spans":
        """Return some of the messages, over the same buffer."""
        return Spans(self.buffer, self.starts[rows], self.lengths[rows])

    def message(self, index: int) -> bytes:
        """Return the bytes of message `index`; empty for a tombstone."""
        start, length = int(self.starts[index]), max(int(self.lengths[index]), 0)
        return self.buffer[start : start + length].tobytes()


def spans_of(messages: list[bytes]) -> Spans:
    """Return `messages` laid end to end in one buffer."""
    lengths = np.fromiter((len(message) for message in messages), np.int64, len(messages))
    ends = np.cumsum(lengths)
    return Spans(np.frombuffer(b"".join(messages), np.uint8), ends - lengths, lengths)


@numba.njit(cache=True, nogil=True, inline="always")
def _load_word(buffer, at):  # type: ignore[no-untyped-def]
    word = np.uint64(0)
    for index in range(8):
        word |= np.uint64(buffer[at + index]) << np.uint64(8 * index)
    return word


@numba.njit(cache=True, nogil=True)
def _decode_one(buffer, at, end, codes, slots, lows, highs, integers, fixed, row):  # type: ignore[no-untyped-def]
    """Fill row `row`; return OK or the code of the reason."""
    for field in range(len(codes)):
        code = codes[field]
        if code == FIXED16:
            if at + 16 > end:
                return _TRUNCATED
            fixed[slots[field], row, 0] = _load_word(buffer, at)
            fixed[slots[field], row, 1] = _load_word(buffer, at + 8)
            at += 16
            continue
        if code == FLOAT:
            if at + 4 > end:
                return _TRUNCATED
            bits = np.int64(0)
            for index in range(4):
                bits |= np.int64(buffer[at + index]) << (8 * index)
            integers[slots[field], row] = bits if bits < 2147483648 else bits - 4294967296
            at += 4
            continue
        if code == BOOLEAN:
            if at >= end:
                return _TRUNCATED
            if buffer[at] > 1:
                return _OUT_OF_RANGE
            integers[slots[field], row] = buffer[at]
            at += 1
            continue
        raw = np.uint64(0)
        shift = 0
        while True:
            if at >= end:
                return _TRUNCATED
            byte = buffer[at]
            at += 1
            if shift == 63 and byte > 1:
                return _OUT_OF_RANGE
            raw |= np.uint64(byte & 127) << np.uint64(shift)
            if byte < 128:
                break
            shift += 7
        value = np.int64(raw >> np.uint64(1)) ^ -np.int64(raw & np.uint64(1))
        if value < lows[field] or value > highs[field]:
            return _OUT_OF_RANGE
        if code == TEXT:
            if at + value > end:
                return _TRUNCATED
            integers[slots[field], row] = at * TEXT_SPAN + value
            at += value
            continue
        integers[slots[field], row] = value
    return OK if at == end else _TRAILING


@numba.njit(cache=True, nogil=True)
def _decode_all(buffer, starts, lengths, schema_id, codes, slots, lows, highs, integers, fixed, status):  # type: ignore[no-untyped-def]
    bad = 0
    for row in range(len(starts)):
        at, length = starts[row], lengths[row]
        if length <= 0:
            outcome = _EMPTY
        elif buffer[at] != 0:
            outcome = _BAD_MAGIC
        elif length < 5:
            outcome = _TRUNCATED
        else:
            found = np.int64(0)
            for index in range(1, 5):
                found = found << 8 | np.int64(buffer[at + index])
            if found != schema_id:
                outcome = _UNKNOWN_SCHEMA
            else:
                outcome = _decode_one(buffer, at + 5, at + length, codes, slots, lows, highs, integers, fixed, row)
        status[row] = outcome
        if outcome != OK:
            bad += 1
            integers[:, row] = 0
            fixed[:, row, :] = 0
    return bad


def decode_batch(plan: Plan, spans: Spans) -> tuple[Columns, npt.NDArray[np.uint8]]:
    """Return the columns of a batch and each record's status: 0, or the `Reason` that makes it malformed.

    Both have one row per message, in order. A malformed record's columns are zero; its neighbours are whole. Records of
    former versions are read, too: what they lack is at its default. Never raises for any bytes. Releases the GIL.
    """
    columns, status, bad = _decode_version(plan, spans)
    for older in plan.older if bad else ():
        _fill_in(columns, status, older, spans)
    _refuse_broken_texts(columns, status)
    return columns, status


def _decode_version(plan: Plan, spans: Spans) -> tuple[Columns, npt.NDArray[np.uint8], int]:
    """Return the columns, the status of each record, and how many this version can't read."""
    columns = Columns.empty(plan, len(spans), spans.buffer)
    status = np.empty(len(spans), np.uint8)
    bad = _decode_all(
        spans.buffer,
        spans.starts,
        spans.lengths,
        plan.schema_id,
        plan.codes,
        plan.slots,
        plan.lows,
        plan.highs,
        columns.integers,
        columns.fixed,
        status,
    )
    return columns, status, bad


def _fill_in(columns: Columns, status: npt.NDArray[np.uint8], older: Plan, spans: Spans) -> None:
    """Read the records nobody could read yet as those of an older version; fields are matched by their names."""
    unread = np.flatnonzero(status == _UNKNOWN_SCHEMA)
    if not len(unread):
        return
    found, outcome, _ = _decode_version(older, spans.take(unread))
    mine = outcome != _UNKNOWN_SCHEMA
    rows, plan = unread[mine], columns.plan
    status[rows] = outcome[mine]
    for slot, name in enumerate(plan.integers):
        there = name in older.integers
        columns.integers[slot, rows] = found.integer(name)[mine] if there else plan.defaults[slot]
    for slot, name in enumerate(plan.fixed):
        columns.fixed[slot, rows] = found.words(name)[mine] if name in older.fixed else 0


def _refuse_broken_texts(columns: Columns, status: npt.NDArray[np.uint8]) -> None:
    rows = np.flatnonzero(status == OK) if columns.plan.strings else np.empty(0, np.int64)
    for name in columns.plan.strings:
        broken = rows[[not _is_utf8(text) for text in columns.text(name, rows)]] if len(rows) else rows
        status[broken] = _BAD_TEXT
        rows = rows[status[rows] == OK]
    bad = status == _BAD_TEXT
    if bad.any():
        columns.integers[:, bad], columns.fixed[:, bad, :] = 0, 0


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
