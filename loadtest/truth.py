"""What must become of every event: the rules once more, plainly, for one partition in publishing order.

Everything ever accepted is kept in dictionaries: no windows, no batches, no expiry, so that any lateness is exact. It
shares no code with the pipeline; where the two differ, one of them is wrong. Sources: domain.md 3.4, the issue.
"""

from typing import NamedTuple

from schemas.enums import Lateness, Reason, Verdict

_SECOND_MS = 1_000
_MINUTE_MS = 60 * _SECOND_MS
_HOUR_MS = 60 * _MINUTE_MS
_DAY_MS = 24 * _HOUR_MS
SKEW_NOTICED_MS = 2 * _SECOND_MS
_FUTURE_MS, _ON_TIME_MS, _LATE_MS, _VERY_LATE_MS = -5 * _MINUTE_MS, 10 * _MINUTE_MS, 72 * _HOUR_MS, 28 * _DAY_MS
#: Delays from event to broker time at which an outcome changes.
BORDERS_MS = (_FUTURE_MS, _ON_TIME_MS, _LATE_MS, _VERY_LATE_MS)


class Event(NamedTuple):
    """What an event says, and what its Kafka record says about it.

    `keyed` tells whether the record's key is the subject; `visit` is subject, place and direction in one value;
    `logged_ms` is the broker's timestamp.
    """

    keyed: bool
    has_subject: bool
    scan_id: bytes
    visit: bytes
    event_ms: int
    sent_ms: int
    received_ms: int
    logged_ms: int


class Outcome(NamedTuple):
    """What must become of an event: `rescan_of` is an offset, or -1; `reason` is 0 unless rejected."""

    verdict: int
    reason: int
    rescan_of: int
    lateness: int


_NO_LATENESS = 0
_RETRY = Outcome(Verdict.RETRY, 0, -1, _NO_LATENESS)
_ZERO_ID = bytes(16)


class Clock(NamedTuple):
    """The corrected event time and how late the event is."""

    event_ms: int
    skew_ms: int
    delay_ms: int


def clock_of(event: Event) -> Clock:
    """Correct the device's clock by more than two seconds' difference, and compare with the broker's."""
    skew_ms = event.received_ms - event.sent_ms if event.received_ms else 0
    if abs(skew_ms) <= SKEW_NOTICED_MS:
        skew_ms = 0
    event_ms = event.event_ms + skew_ms
    return Clock(event_ms, skew_ms, event.logged_ms - event_ms)


def reason_against(event: Event, clock: Clock) -> Reason | None:
    """Return why a decoded event is rejected, or None: first by what it names, then by its clock."""
    if not event.keyed:
        return Reason.KEY_MISMATCH
    if not event.has_subject:
        return Reason.NO_SUBJECT
    if event.scan_id == _ZERO_ID:
        return Reason.NO_SCAN_ID
    return _clock_reason(clock)


def _clock_reason(clock: Clock) -> Reason | None:
    if abs(clock.skew_ms) > _DAY_MS:
        return Reason.CLOCK_SKEW
    if clock.delay_ms < _FUTURE_MS:
        return Reason.CLOCK_FUTURE
    return Reason.TOO_OLD if clock.delay_ms > _VERY_LATE_MS else None


def lateness_of(delay_ms: int) -> Lateness:
    """Return the class of a delay from event to broker time."""
    if delay_ms <= _ON_TIME_MS:
        return Lateness.ON_TIME
    return Lateness.LATE if delay_ms <= _LATE_MS else Lateness.VERY_LATE


def rejected(reason: Reason) -> Outcome:
    """Return the outcome of an event that is rejected for `reason`."""
    return Outcome(Verdict.REJECTED, reason, -1, _NO_LATENESS)


class PartitionTruth:
    """Everything one source partition has accepted so far."""

    def __init__(self, *, rescan_window_ms: int) -> None:
        self._rescan_window_ms = rescan_window_ms
        self._scan_ids: set[bytes] = set()
        self._accepted: dict[bytes, list[tuple[int, int]]] = {}

    def decide(self, event: Event, offset: int) -> Outcome:
        """Say what becomes of the next event; call in ascending order of `offset`."""
        clock = clock_of(event)
        reason = reason_against(event, clock)
        if reason is not None:
            return rejected(reason)
        if event.scan_id in self._scan_ids:
            return _RETRY
        self._scan_ids.add(event.scan_id)
        lateness = lateness_of(clock.delay_ms)
        accepted = self._accepted.setdefault(event.visit, [])
        near = [at for event_ms, at in accepted if abs(clock.event_ms - event_ms) < self._rescan_window_ms]
        if near:
            return Outcome(Verdict.RESCAN, 0, min(near), lateness)
        accepted.append((clock.event_ms, offset))
        return Outcome(Verdict.ACCEPTED, 0, -1, lateness)
