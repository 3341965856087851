"""The pure core against the rules spelled out slowly, for any stream, any batch cut and any restart."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.enums import Flag, Verdict
from schemas.kinds import VENUE
from schemas.landing import Counts
from streams.window.rules import BUCKET_MS, DAY_MS, MINUTE_MS, VERY_LATE_MS, WindowRules
from tests.streams.window.events import START_MS, Event, Retry, Scan, steps, stream_of
from tests.streams.window.oracle import key_of, time_of, truth
from tests.streams.window.pipeline import RULES, Worker, decisions, landed, resolved

WINDOW_MS = VENUE.rescan_window_ms
#: The core is what everything rests on, and an example costs milliseconds.
many = settings(max_examples=3 * settings().max_examples)

rules_of_a_feed = st.builds(
    WindowRules,
    rescan_ms=st.sampled_from((60_000, 120_000, 300_000)),
    horizon_ms=st.sampled_from((BUCKET_MS, 10 * MINUTE_MS, 12 * MINUTE_MS)),
)
cuts = st.lists(st.integers(1, 8), max_size=8)
restarts = st.lists(st.booleans(), max_size=8)


@many
@given(steps(), rules_of_a_feed, cuts, restarts)
def test_every_event_ends_as_the_rules_say(
    happened: list[Scan | Retry], rules: WindowRules, sizes: list[int], restarted: list[bool]
) -> None:
    events = stream_of(happened)
    log = landed(events, rules=rules, sizes=sizes, restarts=restarted)
    assert resolved(log, window_ms=rules.rescan_ms) == truth(events, window_ms=rules.rescan_ms)


@many
@given(steps(long_waits=True), cuts, restarts)
def test_every_event_ends_as_the_rules_say_after_days_of_silence(
    happened: list[Scan | Retry], sizes: list[int], restarted: list[bool]
) -> None:
    events = stream_of(happened)
    log = landed(events, sizes=sizes, restarts=restarted)
    assert resolved(log) == truth(events, window_ms=WINDOW_MS)


@many
@given(steps(long_waits=True), rules_of_a_feed, cuts)
def test_batch_cuts_change_no_row(happened: list[Scan | Retry], rules: WindowRules, sizes: list[int]) -> None:
    events = stream_of(happened)
    whole = landed(events, rules=rules)
    parts = landed(events, rules=rules, sizes=sizes)
    assert decisions(parts) == decisions(whole)
    assert sum((message.counts for message in parts), Counts()) == whole[0].counts
    assert (parts[-1].watermark_ms, parts[-1].ahead) == (whole[0].watermark_ms, whole[0].ahead)


@many
@given(steps(long_waits=True), rules_of_a_feed, cuts, restarts)
def test_after_a_restart_the_sink_may_have_more_to_decide_and_nothing_else_changes(
    happened: list[Scan | Retry], rules: WindowRules, sizes: list[int], restarted: list[bool]
) -> None:
    events = stream_of(happened)
    whole, parts = landed(events, rules=rules), landed(events, rules=rules, sizes=sizes, restarts=restarted)
    before, after = decisions(whole), decisions(parts)
    assert all(
        after[offset] == before[offset] or (after[offset] and after[offset]["flags"] & Flag.CHECKED)
        for offset in before
    )
    assert resolved(parts, window_ms=rules.rescan_ms) == resolved(whole, window_ms=rules.rescan_ms)
    assert (parts[-1].watermark_ms, parts[-1].ahead) == (whole[0].watermark_ms, whole[0].ahead)


@given(steps(), cuts)
def test_the_log_is_contiguous_and_balanced(happened: list[Scan | Retry], sizes: list[int]) -> None:
    events = stream_of(happened)
    log = landed(events, sizes=sizes)
    assert log[0].first == 0
    assert log[-1].last == len(events) - 1
    assert all(one.last + 1 == other.first for one, other in pairwise(log))
    assert all(message.counts.balanced for message in log)


@given(steps(retries=False), st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=12))
def test_retries_change_nothing_but_their_own_counts(
    happened: list[Scan | Retry], inserted: list[tuple[int, int]]
) -> None:
    events = stream_of(happened)
    plain = truth(events, window_ms=WINDOW_MS)
    with_retries = list(events)
    for at, back in inserted:
        place = min(at, len(with_retries) - 1)
        original = with_retries[max(0, place - back)]
        if plain[original.scan - 1].verdict is not Verdict.REJECTED:
            with_retries.insert(place + 1, replace(original, logged_ms=with_retries[place].logged_ms))
    outcomes = resolved(landed(with_retries))
    first_at = {event.scan: at for at, event in reversed([*enumerate(with_retries)])}
    for event, expected in zip(events, plain, strict=True):
        found = outcomes[first_at[event.scan]]
        assert (found.verdict, found.reason) == (expected.verdict, expected.reason)
        if expected.of >= 0:
            assert found.of == first_at[expected.of + 1]
    again = [outcomes[at].verdict for at, event in enumerate(with_retries) if first_at[event.scan] != at]
    assert set(again) <= {Verdict.RETRY, Verdict.REJECTED}


def _accepted(events: Sequence[Event]) -> list[Event]:
    outcomes = resolved(landed(events))
    return [event for event, outcome in zip(events, outcomes, strict=True) if outcome.verdict is Verdict.ACCEPTED]


@given(steps())
def test_accepted_rows_of_a_key_are_a_window_apart_and_re_scans_are_near_one(happened: list[Scan | Retry]) -> None:
    events = stream_of(happened)
    outcomes = resolved(landed(events))
    accepted = _accepted(events)
    for event in accepted:
        others = [other for other in accepted if other is not event and key_of(other) == key_of(event)]
        assert all(abs(time_of(other) - time_of(event)) >= WINDOW_MS for other in others)
    for event, outcome in zip(events, outcomes, strict=True):
        if outcome.verdict is Verdict.RESCAN:
            first = events[outcome.of]
            assert outcomes[outcome.of].verdict is Verdict.ACCEPTED
            assert key_of(first) == key_of(event)
            assert abs(time_of(first) - time_of(event)) < WINDOW_MS


@st.composite
def _visits(draw: st.DrawFn) -> list[Event]:
    """Return scans of one person at one gate: visits a window apart or more, in each some scans nearer than it."""
    scans: list[Event] = []
    at = START_MS
    for visit in range(draw(st.integers(1, 6))):
        within = draw(st.lists(st.integers(0, WINDOW_MS - 1), min_size=1, max_size=4))
        scans += [
            Event(scan=len(scans) + number, person=1, device=visit, device_ms=at + offset, logged_ms=0)
            for number, offset in enumerate(within, 1)
        ]
        at += max(within) + WINDOW_MS + draw(st.sampled_from((0, 1, MINUTE_MS, 20 * MINUTE_MS, DAY_MS)))
    return scans


@given(_visits(), st.randoms(use_true_random=False), st.sampled_from((0, 1_000, MINUTE_MS)), cuts)
def test_any_order_of_arrival_counts_every_visit_once(
    scans: list[Event], random: Random, pause_ms: int, sizes: list[int]
) -> None:
    arrived = list(scans)
    random.shuffle(arrived)
    last_ms = max(event.device_ms for event in scans)
    arrived = [replace(event, logged_ms=last_ms + index * pause_ms) for index, event in enumerate(arrived)]
    outcomes = resolved(landed(arrived, sizes=sizes))
    counted = [event.device for event, outcome in zip(arrived, outcomes, strict=True) if outcome.of < 0]
    assert sorted(counted) == sorted({event.device for event in scans})


@given(
    apart_ms=st.integers(0, WINDOW_MS - 1),
    late_ms=st.one_of(st.integers(0, VERY_LATE_MS - WINDOW_MS), st.integers(0, 20 * MINUTE_MS)),
    between=steps(),
)
def test_an_earlier_scan_that_arrives_late_is_not_counted_again(
    apart_ms: int, late_ms: int, between: list[Scan | Retry]
) -> None:
    later = Event(scan=1_000_001, person=99, device_ms=START_MS, logged_ms=START_MS)
    others = [event for event in stream_of(between) if event.logged_ms <= START_MS + late_ms]
    earlier = Event(scan=1_000_002, person=99, device_ms=START_MS - apart_ms, logged_ms=START_MS + late_ms)
    outcomes = resolved(landed([later, *others, earlier]))
    assert (outcomes[-1].verdict, outcomes[-1].of) == (Verdict.RESCAN, 0)


@given(st.integers(0, WINDOW_MS - 1), st.sampled_from(("direction", "place", "person")))
def test_another_direction_place_or_person_is_never_a_re_scan(apart_ms: int, differs: str) -> None:
    first = Event(scan=1, device_ms=START_MS, logged_ms=START_MS)
    other = replace(first, scan=2, device_ms=START_MS + apart_ms, logged_ms=START_MS + apart_ms)
    assert len(_accepted([first, other])) == 1
    assert len(_accepted([first, replace(other, **{differs: 2})])) == 2


@pytest.mark.parametrize(("apart_ms", "accepted"), [(0, 1), (WINDOW_MS - 1, 1), (WINDOW_MS, 2), (WINDOW_MS + 1, 2)])
@pytest.mark.parametrize("backwards", [False, True])
def test_the_window_ends_before_its_length(apart_ms: int, accepted: int, backwards: bool) -> None:
    times = (START_MS, START_MS + apart_ms)
    events = [
        Event(scan=number, device_ms=when, logged_ms=START_MS + apart_ms)
        for number, when in enumerate(reversed(times) if backwards else times, 1)
    ]
    assert len(_accepted(events)) == accepted


def test_a_re_scan_does_not_lengthen_the_window() -> None:
    times = [START_MS + number * (WINDOW_MS - 1) for number in range(4)]
    events = [Event(scan=number, device_ms=when, logged_ms=when) for number, when in enumerate(times, 1)]
    assert [outcome.of for outcome in resolved(landed(events))] == [-1, 0, -1, 2]


def test_nothing_within_the_horizon_needs_the_sink() -> None:
    horizon = [START_MS + DAY_MS - minute * MINUTE_MS for minute in range(11)]
    events = [
        Event(scan=number, person=number, device_ms=when, logged_ms=START_MS + DAY_MS)
        for number, when in enumerate(horizon, 1)
    ]
    (message,) = landed(events, rules=RULES)
    assert message.checked == 0


def test_late_scans_of_a_complete_history_are_decided_by_memory_alone() -> None:
    late = DAY_MS
    first = Event(scan=1, device_ms=START_MS - late, logged_ms=START_MS)
    again = replace(first, logged_ms=START_MS + MINUTE_MS)
    near = replace(first, scan=2, device_ms=first.device_ms + MINUTE_MS, logged_ms=START_MS + MINUTE_MS)
    fresh = Event(scan=3, person=2, device_ms=START_MS - 1, logged_ms=START_MS)
    (message,) = landed([fresh, first, again, near])
    assert message.checked == 0
    assert [outcome.verdict for outcome in resolved([message])] == [
        Verdict.ACCEPTED,
        Verdict.ACCEPTED,
        Verdict.RETRY,
        Verdict.RESCAN,
    ]


def test_a_copy_of_what_has_left_the_windows_is_the_sinks_to_decide() -> None:
    first = Event(scan=1, device_ms=START_MS, logged_ms=START_MS)
    other = Event(scan=2, person=2, device_ms=START_MS + DAY_MS, logged_ms=START_MS + DAY_MS)
    log = landed([first, other, replace(first, logged_ms=START_MS + DAY_MS)])
    assert log[0].checked == 1
    assert resolved(log)[2].verdict is Verdict.RETRY


def test_after_a_restart_late_scans_are_decided_by_memory_once_the_log_was_read_from_before_them() -> None:
    def scan(number: int, *, at_minutes: int, late_minutes: int = 0) -> Event:
        logged_ms = START_MS + at_minutes * MINUTE_MS
        return Event(scan=number, person=number, device_ms=logged_ms - late_minutes * MINUTE_MS, logged_ms=logged_ms)

    events = [scan(number, at_minutes=10 * number) for number in range(1, 13)]
    before, after = scan(20, at_minutes=121, late_minutes=90), scan(21, at_minutes=122, late_minutes=30)
    worker = Worker([*events, before, after])
    for _ in range(6):
        worker.take(1)
    worker.restart()
    for _ in range(8):
        worker.take(1)
    assert [message.checked for message in worker.log] == [0] * 12 + [1, 0]


def test_an_id_is_kept_when_time_jumps_by_a_day_though_its_devices_clock_was_ahead() -> None:
    day_ahead = Event(
        scan=1,
        device_ms=START_MS - 2 * DAY_MS,
        logged_ms=START_MS,
        sent_ms=START_MS + DAY_MS,
        received_ms=START_MS,
    )
    again = replace(day_ahead, sent_ms=START_MS - 5 * MINUTE_MS)
    assert [outcome.verdict for outcome in resolved(landed([day_ahead, again]))] == [Verdict.ACCEPTED, Verdict.RETRY]


def test_scans_of_a_device_that_runs_ahead_are_decided_by_memory_where_the_history_is_complete() -> None:
    def scan(number: int, *, at_ms: int) -> Event:
        return Event(
            scan=number,
            person=number,
            device_ms=START_MS + at_ms + DAY_MS // 2,
            logged_ms=START_MS + at_ms,
            sent_ms=START_MS + at_ms + DAY_MS // 2,
            received_ms=START_MS + at_ms,
        )

    events = [scan(1, at_ms=0), scan(2, at_ms=MINUTE_MS), replace(scan(1, at_ms=0), logged_ms=START_MS + MINUTE_MS)]
    (message,) = landed(events)
    assert message.checked == 0
    assert [outcome.verdict for outcome in resolved([message])] == [
        Verdict.ACCEPTED,
        Verdict.ACCEPTED,
        Verdict.RETRY,
    ]
