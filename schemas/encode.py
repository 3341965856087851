"""Encode a whole batch of one feed from columns: the inverse of `decode`, for generators and bulk importers."""

import numba
import numpy as np
import numpy.typing as npt

from schemas.columns import Columns
from schemas.decode import Spans
from schemas.plan import BOOLEAN, FIXED16, FLOAT, TEXT, TEXT_SPAN
from schemas.wire import HEADER_BYTES, header

_WORST_FIELD_BYTES = 16


@numba.njit(cache=True, nogil=True)
def _encode_all(integers, fixed, texts, codes, slots, head, buffer, starts, lengths):  # type: ignore[no-untyped-def]
    at = 0
    for row in range(len(starts)):
        starts[row] = at
        for index in range(len(head)):
            buffer[at + index] = head[index]
        at += len(head)
        for field in range(len(codes)):
            code, slot = codes[field], slots[field]
            if code == FIXED16:
                for half in range(2):
                    word = fixed[slot, row, half]
                    for index in range(8):
                        buffer[at] = np.uint8(word >> np.uint64(8 * index) & np.uint64(255))
                        at += 1
                continue
            value = integers[slot, row]
            if code == FLOAT:
                for index in range(4):
                    buffer[at] = np.uint8(value >> (8 * index) & 255)
                    at += 1
                continue
            text_at, length = 0, 0
            if code == TEXT:
                text_at, length = value // TEXT_SPAN, value % TEXT_SPAN
                value = length
            raw = np.uint64(value) if code == BOOLEAN else np.uint64(value << 1) ^ np.uint64(value >> 63)
            while raw >= np.uint64(128):
                buffer[at] = np.uint8(raw & np.uint64(127)) | np.uint8(128)
                at += 1
                raw >>= np.uint64(7)
            buffer[at] = np.uint8(raw)
            at += 1
            for index in range(length):
                buffer[at] = texts[text_at + index]
                at += 1
        lengths[row] = at - starts[row]
    return at


def encode_batch(columns: Columns) -> Spans:
    """Return the messages of `columns` in the wire format, one span each, in order.

    Values are not checked against the schema's bounds. Releases the GIL.
    """
    plan, count = columns.plan, len(columns)
    worst = HEADER_BYTES + len(plan.codes) * _WORST_FIELD_BYTES
    buffer: npt.NDArray[np.uint8] = np.empty(max(1, count * worst + _text_bytes(columns)), np.uint8)
    starts, lengths = np.empty(count, np.int64), np.empty(count, np.int64)
    head = np.frombuffer(header(plan.schema_id), np.uint8)
    used = _encode_all(
        columns.integers, columns.fixed, columns.texts, plan.codes, plan.slots, head, buffer, starts, lengths
    )
    return Spans(buffer[:used].copy(), starts, lengths)


def _text_bytes(columns: Columns) -> int:
    plan = columns.plan
    slots = plan.slots[plan.codes == TEXT]
    return int((columns.integers[slots] % TEXT_SPAN).sum())
