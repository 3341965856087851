"""Checked rows of a landing message get their final verdict; the other rows keep their bytes."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from schemas.enums import Verdict
from schemas.kinds import VENUE
from schemas.landing import Counts, LandingMessage, decode_block, landed_rows
from schemas.rows import row_schema
from schemas.trim import count_rows
from sinks.check import Lookup
from sinks.clocks import SkewedDevices
from sinks.recheck import recheck
from sinks.scans import Scans
from tests.sinks.landing_log import NOON_MS, Event, message_of, rows_table, truth

NO_CLOCK_WRONG = SkewedDevices(lambda: np.empty(0, np.int64))


def against(message: LandingMessage, earlier: Sequence[Event]) -> LandingMessage:
    """Return the message decided against events that landed before, and its own settled ones."""
    settled = decode_block(message.settled, row_schema(VENUE))

    def find(lookup: Lookup) -> Scans:
        assert lookup.before == message.last + 1
        return Scans.of(pa.concat_tables([rows_table(earlier), settled]))

    return recheck([message], skewed=NO_CLOCK_WRONG, find_earlier=find)[0]


def test_a_message_without_checked_rows_needs_no_lookup() -> None:
    message = message_of([Event(offset=0)])

    def find(lookup: Lookup) -> Scans:
        raise AssertionError(lookup)

    assert recheck([message], skewed=NO_CLOCK_WRONG, find_earlier=find)[0] is message


def test_the_bytes_stay_where_the_worker_guessed_right() -> None:
    message = message_of([Event(offset=5, checked=True), Event(offset=6, person=2)])
    assert against(message, []) is message


def test_scans_are_aged_that_were_days_old_when_the_broker_took_them() -> None:
    days = [4.9, 5.1, 0]
    events = [Event(offset=at, checked=True, time_ms=NOON_MS - round(age * 86_400_000)) for at, age in enumerate(days)]
    asked: list[Lookup] = []

    def find(lookup: Lookup) -> Scans:
        asked.append(lookup)
        return lookup.scans.take(np.zeros(len(lookup.scans), np.bool_))

    recheck([message_of(events)], skewed=NO_CLOCK_WRONG, find_earlier=find)
    assert asked[0].aged.tolist() == [False, True, False]


def test_a_retry_leaves_the_rows_and_the_counts() -> None:
    first = Event(offset=1, scan=9)
    again = Event(offset=5, scan=9, checked=True, late=True)
    decided = against(message_of([again, Event(offset=6, person=2)]), [first])
    assert landed_rows(decided)["_offset"].to_pylist() == [6]
    assert (decided.counts.seen, decided.counts.accepted, decided.counts.retry, decided.counts.late) == (2, 1, 1, 0)
    assert decided.retries.tolist() == [0]


def test_a_message_of_retries_only_has_no_rows_left() -> None:
    decided = against(message_of([Event(offset=5, scan=9, checked=True)]), [Event(offset=1, scan=9)])
    assert decided.value == b""


def test_a_rescan_points_at_the_row_it_repeats() -> None:
    decided = against(message_of([Event(offset=5, checked=True)]), [Event(offset=1)])
    (row,) = landed_rows(decided).to_pylist()
    assert (row["verdict"], row["rescan_of"]) == (Verdict.RESCAN, 1)
    assert (decided.counts.accepted, decided.counts.rescan) == (0, 1)


events = st.builds(
    Event,
    offset=st.just(0),
    checked=st.booleans(),
    scan=st.sampled_from([-1, 1, 2, 3]),
    person=st.integers(1, 2),
    place=st.integers(1, 2),
    time_ms=st.integers(0, 5).map(lambda step: NOON_MS + step * 149_000),
    late=st.booleans(),
)


def test_rows_of_the_message_itself_that_a_predecessor_landed_are_decided_anew() -> None:
    message = message_of([Event(offset=5, checked=True), Event(offset=6, checked=True)])
    once = against(message, [])
    again = against(message, [Event(offset=5), Event(offset=6, verdict=Verdict.RESCAN)])
    assert landed_rows(again) == landed_rows(once)
    assert again.counts == once.counts == Counts(seen=2, accepted=1, rescan=1)


@given(st.lists(events, min_size=1, max_size=12), st.integers(0, 11), st.booleans())
def test_any_cut_into_landed_rows_and_a_message_gives_the_truth(drawn: list[Event], cut: int, small: bool) -> None:
    numbered = [replace(event, offset=offset) for offset, event in enumerate(drawn)]
    earlier, rest = numbered[:cut], numbered[cut:]
    if not rest:
        return
    expected = truth(numbered)
    landed = [
        replace(event, verdict=expected[event.offset][0])
        for event in earlier
        if expected[event.offset][0] is not Verdict.RETRY
    ]
    decided = against(message_of(rest, small=small), landed)
    rows = landed_rows(decided)
    assert {row["_offset"]: row["verdict"] for row in rows.to_pylist()} == {
        event.offset: expected[event.offset][0] for event in rest if expected[event.offset][0] is not Verdict.RETRY
    }
    assert decided.counts == count_rows(rows, rejected=0, retry=len(rest) - rows.num_rows)
