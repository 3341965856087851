"""The index grows, forgets what is past, and may be read while it does."""

import threading

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from schemas.enums import Flag, PassStatus
from schemas.report_enums import IsolationAction
from streams.people.index import PeopleIndex
from streams.people.layout import DOSE, FOREVER, MOST_RECORDS, TOLD_TAG_BITS, Ints, Words
from streams.people.lookup import add_flags, passes_at
from streams.window.rules import HOUR_MS, VERY_LATE_MS
from tests.streams.people.events import EVENTS, START_MS, add, identity
from tests.streams.people.oracle import Isolation, Status, flags_at, pass_status_at


def _doses(people: int, *, first: int = 1) -> tuple[Words, Ints]:
    numbers = np.arange(first, first + people, dtype=np.uint64)
    facts = np.array([DOSE, 1, START_MS, FOREVER, START_MS << TOLD_TAG_BITS], np.int64)
    return np.column_stack([numbers * np.uint64(0x9E3779B97F4A7C15), numbers]), np.tile(facts, (people, 1))


def _vaccinated(index: PeopleIndex, keys: Words) -> int:
    flags = np.zeros(len(keys), np.uint16)
    add_flags(index.people, subjects=keys, event_ms=np.full(len(keys), START_MS), flags=flags)
    return int(np.count_nonzero(flags == Flag.VACCINATED))


def test_an_index_grows_and_keeps_everybody() -> None:
    index, (keys, facts) = PeopleIndex(), _doses(30_000)
    for start in range(0, len(keys), 700):
        index.add(keys[start : start + 700], facts[start : start + 700], logged_ms=START_MS)
    assert index.people.known == _vaccinated(index, keys) == 30_000
    assert _vaccinated(index, _doses(1_000, first=50_000)[0]) == 0
    assert index.people.size_bytes < 30_000 * 200


def test_the_same_event_again_takes_no_room() -> None:
    index, (keys, facts) = PeopleIndex(), _doses(3_000)
    for _ in range(20):
        index.add(keys, facts, logged_ms=START_MS)
    assert index.people.known == 3_000
    assert len(index.people.records) <= 9_000


def test_readers_see_what_was_there_when_they_began_and_perhaps_more() -> None:
    index, (keys, facts) = PeopleIndex(), _doses(60_000)
    index.add(keys[:1_000], facts[:1_000], logged_ms=START_MS)
    counts: list[int] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            counts.append(_vaccinated(index, keys[:20_000]))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for start in range(1_000, len(keys), 500):
        index.add(keys[start : start + 500], facts[start : start + 500], logged_ms=START_MS)
    done.set()
    for reader in readers:
        reader.join()
    assert counts
    assert min(counts) >= 1_000
    assert _vaccinated(index, keys) == len(keys)


def test_a_person_of_whom_too_much_is_told_keeps_what_came_last() -> None:
    assigned = Isolation(subject=1, thing=1, told=5, action=IsolationAction.ASSIGNED, starts=5, days=1)
    others = [
        Isolation(subject=1, thing=2, told=told, action=IsolationAction.ENDED, starts=0, days=1)
        for told in range(10, 10 + 2 * MOST_RECORDS)
    ]
    index, flags = PeopleIndex(), np.zeros(1, np.uint16)
    add(index, [*others, assigned])
    subject = np.frombuffer(identity(1), "<u8").reshape(1, 2)
    add_flags(index.people, subjects=subject, event_ms=np.array([20]), flags=flags)
    assert flags.tolist() == [Flag.ISOLATED]


@given(st.lists(EVENTS, max_size=14), st.integers(0, 12))
def test_what_is_forgotten_says_nothing_of_times_that_are_still_asked_about(events: list[Status], eights: int) -> None:
    horizon = START_MS + eights * 8 * HOUR_MS
    index = PeopleIndex()
    add(index, events)
    index._make_room(len(index.people.records) + 1, horizon=horizon)
    subjects = [1, 2, 3]
    words = np.frombuffer(b"".join(map(identity, subjects)), "<u8").reshape(-1, 2)
    for when in (horizon, horizon + 1, horizon + 8 * HOUR_MS, horizon + 80 * HOUR_MS):
        flags, times = np.zeros(3, np.uint16), np.full(3, when)
        add_flags(index.people, subjects=words, event_ms=times, flags=flags)
        assert flags.tolist() == [flags_at(events, subject=who, when=when) for who in subjects]
        status, _ = passes_at(index.people, subjects=words, passes=np.zeros_like(words), event_ms=times)
        valid = [pass_status_at(events, subject=who, named=0, when=when) == PassStatus.VALID for who in subjects]
        assert (status == PassStatus.VALID).tolist() == valid


def test_what_was_told_long_ago_is_forgotten_as_the_index_grows() -> None:
    index, (keys, facts) = PeopleIndex(), _doses(4_000)
    add(index, [Isolation(subject=9, thing=1, told=START_MS, action=IsolationAction.ASSIGNED, starts=START_MS, days=1)])
    index.add(keys, facts, logged_ms=START_MS + 2 * VERY_LATE_MS)
    assert index.people.known == 4_000
