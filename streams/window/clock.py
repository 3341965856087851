"""What a device's clock and the broker's say about an event: its skew, and whether it is valid at all."""

import numba

from schemas.enums import Reason
from streams.window import rules

_KEY_MISMATCH, _NO_SUBJECT = int(Reason.KEY_MISMATCH), int(Reason.NO_SUBJECT)
_NO_SCAN_ID, _TOO_OLD = int(Reason.NO_SCAN_ID), int(Reason.TOO_OLD)
_CLOCK_FUTURE, _CLOCK_SKEW = int(Reason.CLOCK_FUTURE), int(Reason.CLOCK_SKEW)
_FUTURE, _NOTICED, _MOST = rules.FUTURE_MS, rules.SKEW_NOTICED_MS, rules.SKEW_MOST_MS
_VERY_LATE_MS = rules.VERY_LATE_MS


@numba.njit(cache=True, nogil=True, inline="always")
def skew_of(sent_ms, received_ms):  # type: ignore[no-untyped-def]
    """Return what to add to the device's times, in ms; 0 where no gateway received the event (`received_ms` 0)."""
    skew = received_ms - sent_ms if received_ms != 0 else 0
    return 0 if -_NOTICED <= skew <= _NOTICED else skew


@numba.njit(cache=True, nogil=True)
def reason_of(keyed, subject_first, subject_second, id_first, id_second, skew, age):  # type: ignore[no-untyped-def]
    """Return the reason an event is invalid, or 0; `age` is how long before the broker's time it happened, in ms."""
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
