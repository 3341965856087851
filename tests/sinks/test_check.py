"""Late scans are decided by what landed before them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from schemas.enums import Verdict
from schemas.kinds import VENUE
from sinks.check import Verdicts, decide
from sinks.scans import Scans
from tests.sinks.landing_log import NOON_MS, Event, retry_of, rows_table

WINDOW_MS = VENUE.rescan_window_ms


def decided(events: Sequence[Event]) -> Verdicts:
    """Return the verdicts of events of which the `checked` ones are to be decided."""
    checked = np.array([event.checked for event in events])
    return decide(Scans.of(rows_table(events)), checked=checked, rescan_window_ms=WINDOW_MS)


def verdicts_of(events: Sequence[Event]) -> list[Verdict]:
    """Return only the verdicts."""
    return [Verdict(code) for code in decided(events).verdict]


FIRST = Event(offset=10)
LATER = Event(offset=20, checked=True)


def test_a_scan_id_that_landed_before_is_a_retry() -> None:
    assert verdicts_of([FIRST, replace(retry_of(FIRST, offset=20), scan=1_000_010, checked=True)])[1] == Verdict.RETRY


def test_a_scan_id_that_comes_after_does_not_matter() -> None:
    early = Event(offset=5, scan=7, checked=True)
    late = Event(offset=10, scan=7, person=2)
    assert verdicts_of([late, early])[1] == Verdict.ACCEPTED


@pytest.mark.parametrize("distance_ms", [0, 1, WINDOW_MS - 1, -1, 1 - WINDOW_MS])
def test_a_scan_inside_the_window_before_or_after_an_accepted_one_is_a_rescan(distance_ms: int) -> None:
    result = decided([FIRST, replace(LATER, time_ms=NOON_MS + distance_ms)])
    assert result.verdict[1] == Verdict.RESCAN
    assert result.rescan_of[1] == FIRST.offset


@pytest.mark.parametrize(
    "other",
    [
        replace(LATER, time_ms=NOON_MS + WINDOW_MS),
        replace(LATER, time_ms=NOON_MS - WINDOW_MS),
        replace(LATER, direction=2),
        replace(LATER, place=2),
        replace(LATER, person=2),
    ],
)
def test_a_scan_of_another_key_or_outside_the_window_is_accepted(other: Event) -> None:
    assert verdicts_of([FIRST, other])[1] == Verdict.ACCEPTED


def test_a_scan_near_a_rescan_only_is_accepted() -> None:
    rescan = replace(FIRST, offset=11, verdict=Verdict.RESCAN, time_ms=NOON_MS + WINDOW_MS - 1)
    assert verdicts_of([FIRST, rescan, replace(LATER, time_ms=NOON_MS + WINDOW_MS)])[2] == Verdict.ACCEPTED


def test_a_rescan_repeats_the_accepted_scan_with_the_smallest_offset() -> None:
    near = replace(FIRST, offset=12, time_ms=NOON_MS + WINDOW_MS)
    result = decided([near, FIRST, replace(LATER, time_ms=NOON_MS + WINDOW_MS - 1)])
    assert result.rescan_of[2] == FIRST.offset


def test_checked_scans_are_decided_in_order_of_offset_whatever_the_order_of_rows() -> None:
    second = replace(LATER, offset=30, time_ms=NOON_MS + 1)
    assert verdicts_of([second, LATER]) == [Verdict.RESCAN, Verdict.ACCEPTED]


def test_verdicts_of_scans_that_are_not_checked_stay() -> None:
    assert verdicts_of([FIRST, replace(FIRST, offset=11, verdict=Verdict.RESCAN)]) == [
        Verdict.ACCEPTED,
        Verdict.RESCAN,
    ]
