"""What scans are told of people, compared with a plain reading of every event."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.enums import Flag, PassStatus
from schemas.report_enums import CaseStatus, IsolationAction, PassAction
from streams.people.index import PeopleIndex
from streams.people.layout import NOBODY, People
from streams.people.lookup import add_flags, passes_at
from streams.window.rules import DAY_MS, HOUR_MS
from tests.streams.people.events import EVENTS, START_MS, SUBJECTS, THINGS, TIMES, add, identity
from tests.streams.people.oracle import Case, Dose, Isolation, Pass, Status, flags_at, pass_status_at

Asked = tuple[int, int, int]


def _words(numbers: list[int]) -> np.ndarray[tuple[int, int], np.dtype[np.uint64]]:
    return np.frombuffer(b"".join(map(identity, numbers)), "<u8").reshape(-1, 2)


def _flags(people: People, asked: list[Asked]) -> list[int]:
    flags = np.zeros(len(asked), np.uint16)
    times = np.array([when for _, _, when in asked], np.int64)
    add_flags(people, subjects=_words([who for who, _, _ in asked]), event_ms=times, flags=flags)
    return [int(bits) for bits in flags]


def _passes(people: People, asked: list[Asked]) -> list[int]:
    subjects, passes = _words([who for who, _, _ in asked]), _words([named for _, named, _ in asked])
    times = np.array([when for _, _, when in asked], np.int64)
    return [int(it) for it in passes_at(people, subjects=subjects, passes=passes, event_ms=times)[0]]


_ASKED = st.tuples(SUBJECTS, st.just(0) | THINGS, TIMES | TIMES.map(lambda time: time - 1))


@given(st.lists(EVENTS, max_size=12), st.lists(_ASKED, min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_as_of_any_time_and_in_any_order_of_arrival_what_holds_is_known(
    events: list[Status], asked: list[Asked], chance: random.Random
) -> None:
    index, shuffled = PeopleIndex(), chance.sample([*events, *events], 2 * len(events))
    for start in range(0, len(shuffled), 5):
        add(index, shuffled[start : start + 5])
    assert _flags(index.people, asked) == [flags_at(events, subject=who, when=when) for who, _, when in asked]
    assert _passes(index.people, asked) == [
        pass_status_at(events, subject=who, named=named, when=when) for who, named, when in asked
    ]


def _known(*events: Status) -> People:
    index = PeopleIndex()
    add(index, events)
    return index.people


def _isolation(action: IsolationAction, told: int) -> Isolation:
    return Isolation(subject=1, thing=1, told=told, action=action, starts=START_MS, days=14)


@pytest.mark.parametrize(
    ("after_ms", "flag"), [(-1, 0), (0, Flag.ISOLATED), (14 * DAY_MS - 1, Flag.ISOLATED), (14 * DAY_MS, 0)]
)
def test_an_isolation_lasts_its_days(after_ms: int, flag: int) -> None:
    assigned = _isolation(IsolationAction.ASSIGNED, START_MS - HOUR_MS)
    assert _flags(_known(assigned), [(1, 0, START_MS + after_ms), (2, 0, START_MS + after_ms)]) == [flag, 0]


def test_an_isolation_that_was_ended_is_over_from_then_on_and_was_one_before() -> None:
    ended = _isolation(IsolationAction.ENDED, START_MS + DAY_MS)
    known = _known(ended, _isolation(IsolationAction.ASSIGNED, START_MS))
    asked = [(1, 0, START_MS + DAY_MS - 1), (1, 0, START_MS + DAY_MS)]
    assert _flags(known, asked) == [Flag.ISOLATED, 0]


def test_a_case_is_one_from_when_it_was_infectious_until_it_is_not() -> None:
    known = _known(
        Case(
            subject=1,
            thing=1,
            told=START_MS,
            status=CaseStatus.SUSPECTED,
            infectious_from=0,
            infectious_until=0,
        ),
        Case(
            subject=1,
            thing=1,
            told=START_MS + HOUR_MS,
            status=CaseStatus.CONFIRMED,
            infectious_from=START_MS - 2 * DAY_MS,
            infectious_until=0,
        ),
        Case(
            subject=1,
            thing=1,
            told=START_MS + DAY_MS,
            status=CaseStatus.RECOVERED,
            infectious_from=0,
            infectious_until=0,
        ),
    )
    asked = [(1, 0, START_MS - 2 * DAY_MS - 1), (1, 0, START_MS - DAY_MS), (1, 0, START_MS), (1, 0, START_MS + DAY_MS)]
    assert _flags(known, asked) == [0, Flag.CASE, Flag.CASE, 0]


@pytest.mark.parametrize(
    ("doses", "flags"),
    [([1], Flag.VACCINATED), ([2], Flag.VACCINATED | Flag.FULLY_VACCINATED), ([1, 1], Flag.VACCINATED)],
)
def test_doses_count_from_when_they_were_given(doses: list[int], flags: int) -> None:
    known = _known(*(Dose(subject=1, told=START_MS, dose=dose, given=START_MS) for dose in doses))
    assert _flags(known, [(1, 0, START_MS - 1), (1, 0, START_MS)]) == [0, flags]


def _pass(action: PassAction, told: int, valid_from: int, hours: int = 72, thing: int = 7) -> Pass:
    until = valid_from + hours * HOUR_MS
    return Pass(subject=1, thing=thing, told=told, action=action, valid_from=valid_from, valid_until=until)


@pytest.mark.parametrize(
    ("after_ms", "status"),
    [
        (-DAY_MS, PassStatus.NONE),
        (-1, PassStatus.NOT_YET),
        (0, PassStatus.VALID),
        (72 * HOUR_MS - 1, PassStatus.VALID),
        (72 * HOUR_MS, PassStatus.EXPIRED),
    ],
)
def test_a_pass_is_valid_from_its_start_to_just_before_its_end(after_ms: int, status: PassStatus) -> None:
    known = _known(_pass(PassAction.ISSUED, START_MS - HOUR_MS, START_MS))
    asked = [(1, 7, START_MS + after_ms), (2, 7, START_MS + after_ms), (1, 0, START_MS + after_ms)]
    assert _passes(known, asked) == [status, status, status]


def test_a_pass_is_revoked_until_it_is_granted_anew() -> None:
    known = _known(
        _pass(PassAction.RENEWED, START_MS + 2 * HOUR_MS, START_MS + 2 * HOUR_MS),
        _pass(PassAction.REVOKED, START_MS + HOUR_MS, START_MS),
        _pass(PassAction.ISSUED, START_MS, START_MS),
    )
    asked = [(1, 7, START_MS + hours * HOUR_MS) for hours in (0, 1, 2)]
    assert _passes(known, asked) == [PassStatus.VALID, PassStatus.REVOKED, PassStatus.VALID]


def test_a_scan_that_names_a_pass_gets_that_ones_state_and_not_the_best() -> None:
    known = _known(
        _pass(PassAction.ISSUED, START_MS, START_MS, hours=1), _pass(PassAction.ISSUED, START_MS, START_MS, thing=8)
    )
    when = START_MS + 2 * HOUR_MS
    assert _passes(known, [(1, 7, when), (1, 8, when), (1, 9, when), (1, 0, when)]) == [
        PassStatus.EXPIRED,
        PassStatus.VALID,
        PassStatus.NONE,
        PassStatus.VALID,
    ]


def test_a_pass_with_the_number_of_a_person_is_not_that_person() -> None:
    known = _known(Pass(subject=3, thing=1, told=0, action=PassAction.ISSUED, valid_from=0, valid_until=9))
    assert _passes(known, [(1, 0, 5), (3, 0, 5)]) == [PassStatus.NONE, PassStatus.VALID]


def test_of_nobody_nothing_is_known() -> None:
    assert _flags(NOBODY, [(1, 0, START_MS)]) == [0]
    assert _passes(NOBODY, [(1, 7, START_MS)]) == [PassStatus.NONE]
