"""What a rule finds, and how the keys of alerts are written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from tests.sinks.watch.world import EPOCH, Report

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a rule finds, with its dedupe key as the rule's file writes it; None where the rule has no such column."""

    key: bytes
    event_time: datetime
    subject: bytes | None = None
    place_id: int | None = None
    about_device: int | None = None
    area_code: int | None = None
    evidence: bytes | None = None
    measure: int | None = None
    severity: str | None = None
    role: str | None = None


def ms(moment: datetime) -> int:
    """Return a time as milliseconds since 1970."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def hexed(identity: bytes) -> bytes:
    """Return an identity as rules write it into keys."""
    return identity.hex().upper().encode()


def day_of(moment: datetime) -> str:
    """Return the day in Vietnam."""
    return f"{moment + timedelta(hours=7):%Y-%m-%d}"


def last_of(reports: Sequence[Report], column: str) -> Iterator[list[Report]]:
    """Yield all reports with one value of a column, in order, for each value."""
    ordered = sorted(reports, key=lambda report: (report[column], report.event_time, report.event_id))
    yield from (list(group) for _, group in groupby(ordered, lambda report: report[column]))
