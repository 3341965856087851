"""The rules, spelled out slowly over everything that ever came: what must have become of each event."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.enums import Reason, Verdict
from streams.window.rules import DAY_MS, FUTURE_MS, SKEW_NOTICED_MS, VERY_LATE_MS
from tests.streams.window.events import Event


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an event; `of` is the offset of the accepted row a re-scan repeats, `reason` a reject's."""

    verdict: Verdict
    of: int = -1
    reason: Reason | None = None


def skew_of(event: Event) -> int:
    """Return what corrects the device's clock, in ms."""
    skew = event.received_ms - event.sent_ms if event.received_ms else 0
    return 0 if abs(skew) <= SKEW_NOTICED_MS else skew


def time_of(event: Event) -> int:
    """Return the corrected event time in ms."""
    return event.device_ms + skew_of(event)


def key_of(event: Event) -> tuple[int, int, int]:
    """Return what two scans share when one can be the other's re-scan."""
    return event.person, event.place, event.direction


def _reject(event: Event) -> Reason | None:
    age = event.logged_ms - time_of(event)
    if abs(skew_of(event)) > DAY_MS:
        return Reason.CLOCK_SKEW
    if age < -FUTURE_MS:
        return Reason.CLOCK_FUTURE
    return Reason.TOO_OLD if age > VERY_LATE_MS else None


def truth(events: Sequence[Event], *, window_ms: int) -> list[Outcome]:
    """Return the outcome of each event at offsets 0, 1, 2, … of one partition."""
    seen: set[int] = set()
    accepted: list[tuple[int, Event]] = []
    outcomes: list[Outcome] = []
    for offset, event in enumerate(events):
        reason = _reject(event)
        if reason is not None:
            outcomes.append(Outcome(Verdict.REJECTED, reason=reason))
        elif event.scan in seen:
            outcomes.append(Outcome(Verdict.RETRY))
        else:
            seen.add(event.scan)
            near = [
                at
                for at, other in accepted
                if key_of(other) == key_of(event) and abs(time_of(other) - time_of(event)) < window_ms
            ]
            if near:
                outcomes.append(Outcome(Verdict.RESCAN, of=min(near)))
            else:
                accepted.append((offset, event))
                outcomes.append(Outcome(Verdict.ACCEPTED))
    return outcomes
