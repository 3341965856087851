"""The retry window against a dictionary."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.window.retry import RetryWindow, mark_of, seen_or_add
from streams.window.table import age, half_of, is_live

#: Near where a bucket's low 16 bits begin again.
_WRAP = 1 << 16


@dataclass
class Model:
    """What a retry window holds, as a dictionary from id to bucket."""

    buckets: dict[int, int] = field(default_factory=dict)

    def seen_or_add(self, scan: int, bucket: int, oldest: int) -> bool:
        if self.buckets.get(scan, oldest - 1) >= oldest:
            return True
        self.buckets[scan] = bucket
        return False

    def live(self, oldest: int) -> int:
        return sum(bucket >= oldest for bucket in self.buckets.values())


def _is_live(mark: int, oldest: int) -> bool:
    return bool(is_live(mark_of(mark), mark_of(oldest), half_of(np.empty(0, np.uint16))))


def _ask(window: RetryWindow, scan: int, bucket: int, oldest: int) -> bool:
    outcome = seen_or_add(window.keys, window.marks, np.uint64(scan), np.uint64(7), bucket, oldest)
    window.used -= min(outcome, 0)
    return bool(outcome == 1)


_OPERATIONS = st.lists(
    st.tuples(
        st.integers(0, 3),  # how many buckets time moves on
        st.lists(st.tuples(st.integers(1, 12), st.integers(0, 3)), max_size=8),  # ids, and buckets behind the newest
        st.booleans(),  # whether the table is rebuilt
    ),
    max_size=12,
)


@given(_OPERATIONS, st.integers(-3, 3))
def test_an_id_is_seen_while_its_bucket_is_live(
    operations: list[tuple[int, list[tuple[int, int]], bool]], start: int
) -> None:
    window, model = RetryWindow(), Model()
    newest = _WRAP + start
    for moved, asked, rebuilt in operations:
        newest += moved
        oldest = newest - 3
        if rebuilt:
            window.make_room(events=len(window.marks), oldest=oldest)
        for scan, behind in asked:
            assert _ask(window, scan, newest - behind, oldest) == model.seen_or_add(scan, newest - behind, oldest)
        assert window.live(oldest) == model.live(oldest)
        assert window.used >= window.live(oldest)


def test_a_small_table_is_probed_around_its_end() -> None:
    keys, marks = np.zeros((8, 2), np.uint64), np.zeros(8, np.uint16)
    outcomes = [seen_or_add(keys, marks, np.uint64(scan), np.uint64(1), 5, 5) for scan in range(1, 7)]
    assert outcomes == [-1] * 6
    assert [seen_or_add(keys, marks, np.uint64(scan), np.uint64(1), 5, 5) for scan in range(1, 7)] == [1] * 6


def test_an_expired_slot_is_taken_over() -> None:
    keys, marks = np.zeros((2, 2), np.uint64), np.zeros(2, np.uint16)
    assert seen_or_add(keys, marks, np.uint64(1), np.uint64(1), 5, 5) == -1
    assert seen_or_add(keys, marks, np.uint64(2), np.uint64(1), 9, 9) == 0
    assert np.count_nonzero(keys[:, 0]) == 1


def test_ids_that_differ_in_one_word_are_two() -> None:
    keys, marks = np.zeros((64, 2), np.uint64), np.zeros(64, np.uint16)
    for words in ((1, 1), (1, 2), (2, 1), (0, 1), (1, 0)):
        assert seen_or_add(keys, marks, np.uint64(words[0]), np.uint64(words[1]), 5, 5) == -1


@pytest.mark.parametrize(
    ("mark", "oldest", "live"), [(5, 5, True), (4, 5, False), (2, _WRAP - 1, True), (_WRAP - 2, _WRAP, False)]
)
def test_buckets_are_compared_around_the_wrap(mark: int, oldest: int, live: bool) -> None:
    assert _is_live(mark, oldest) is live


@pytest.mark.parametrize("silence", [40, 0x7FFF, 0x8000, 0x9000, _WRAP])
def test_what_expired_stays_expired_however_long_it_was_silent(silence: int) -> None:
    marks = np.array([1_000, 1_001], np.uint16)
    oldest = 1_001 + silence
    age(marks, np.uint16(mark_of(oldest)), True)
    assert not any(_is_live(mark, later) for mark in marks for later in range(oldest, oldest + 0x7000, 0x100))


def test_ageing_leaves_live_ids_alone() -> None:
    marks = np.array([999, 1_000, 1_001], np.uint16)
    age(marks, np.uint16(1_000), False)
    assert [_is_live(mark, 1_000) for mark in marks] == [False, True, True]
    assert marks[1:].tolist() == [1_000, 1_001]


def test_a_rebuild_forgets_what_expired_and_keeps_the_rest() -> None:
    window = RetryWindow()
    for scan in range(1, 3_001):
        assert not _ask(window, scan, 10 + scan % 2, 10)
    window.make_room(events=2_000, oldest=11)
    assert window.used == window.live(11) == 1_500
    assert all(_ask(window, scan, 11, 11) for scan in range(1, 3_001, 2))


def test_room_is_made_only_when_it_is_needed() -> None:
    window = RetryWindow()
    keys = window.keys
    window.make_room(events=3_000, oldest=0)
    assert window.keys is keys
    window.make_room(events=4_000, oldest=0)
    assert len(window.marks) >= 4_000 / 0.56


def test_a_slot_is_18_bytes() -> None:
    window = RetryWindow()
    assert window.size_bytes == 18 * len(window.marks)
