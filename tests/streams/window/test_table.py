import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.window.retry import RetryWindow, seen_or_add
from streams.window.table import MOST_LOAD, age, capacity_for, free_slot, half_of, home, is_live, sweep

_WORDS = st.integers(0, (1 << 64) - 1)


@given(_WORDS, _WORDS, st.integers(1, 1 << 31))
def test_every_key_has_a_home_in_the_table(first: int, second: int, capacity: int) -> None:
    assert 0 <= home(np.uint64(first), np.uint64(second), capacity) < capacity


@given(st.integers(0, 1 << 31))
def test_a_rebuilt_table_is_loaded_well_below_the_most(entries: int) -> None:
    assert entries / capacity_for(entries) < 0.561 < MOST_LOAD


def test_homes_of_counted_keys_spread_evenly() -> None:
    homes = np.array([home(np.uint64(number), np.uint64(7), 64) for number in range(64_000)])
    counts = np.bincount(homes, minlength=64)
    assert counts.min() > 850
    assert counts.max() < 1_150


def test_a_free_slot_is_looked_for_around_the_end() -> None:
    keys = np.ones((4, 2), np.uint64)
    keys[1] = 0
    assert [free_slot(keys, slot) for slot in range(4)] == [1, 1, 1, 1]


def test_a_key_with_one_zero_word_is_not_a_free_slot() -> None:
    keys = np.array([[0, 1], [1, 0], [0, 0]], np.uint64)
    assert free_slot(keys, 0) == 2


@pytest.mark.parametrize("dtype", [np.uint16, np.uint64])
@given(data=st.data())
def test_marks_within_half_their_range_are_compared_around_the_wrap(
    dtype: type[np.uint16] | type[np.uint64], data: st.DataObject
) -> None:
    most = int(np.iinfo(dtype).max)
    oldest = data.draw(st.integers(0, most))
    after = data.draw(st.integers(0, most >> 1) | st.sampled_from((0, most >> 1)))
    before = data.draw(st.integers(1, (most >> 1) + 1) | st.sampled_from((1, (most >> 1) + 1)))
    marks = np.array([(oldest + after) & most, (oldest - before) & most], dtype)
    assert [bool(is_live(mark, dtype(oldest), half_of(marks))) for mark in marks] == [True, False]
    age(marks, dtype(oldest), False)
    assert marks.tolist() == [(oldest + after) & most, (oldest - 1) & most]
    age(marks, dtype(oldest), True)
    assert marks.tolist() == [(oldest - 1) & most] * 2


@given(st.dictionaries(st.integers(1, (1 << 64) - 1), st.booleans(), max_size=12), st.integers(13, 24))
def test_after_a_sweep_live_entries_are_where_a_search_finds_them_and_no_others_are_there(
    entries: dict[int, bool], capacity: int
) -> None:
    keys, marks = np.zeros((capacity, 2), np.uint64), np.zeros(capacity, np.uint16)
    for key, live in entries.items():
        slot = free_slot(keys, home(np.uint64(key), np.uint64(3), capacity))
        keys[slot], marks[slot] = (key, 3), 5 if live else 4
    expected = {key for key, live in entries.items() if live}
    assert sweep(keys, marks, np.uint16(5)) == len(expected)
    assert {int(first) for first, _ in keys if first} == expected
    for key in expected:
        start = home(np.uint64(key), np.uint64(3), capacity)
        probed = keys[(start + np.arange(capacity)) % capacity, 0]
        assert 0 not in probed[: probed.tolist().index(key)]


@pytest.mark.parametrize("buckets", [[5] * 21, [5, 6]])
def test_a_large_table_is_swept_within_a_hundredth_of_its_entries_or_at_the_next_bucket(buckets: list[int]) -> None:
    window = RetryWindow()
    window.keys, window.marks = np.zeros((4_000_000, 2), np.uint64), np.zeros(4_000_000, np.uint16)
    window.used = 2_000_000  # all of them expired, as nothing is in the slots
    for oldest in buckets:
        window.make_room(events=1_000, oldest=oldest)
    assert window.used == 0


def test_a_steady_stream_is_swept_in_place() -> None:
    window, number = RetryWindow(), 0
    for bucket in range(10, 30):
        for _ in range(10):
            window.make_room(events=300, oldest=bucket - 3)
            for _ in range(300):
                number += 1
                window.used -= seen_or_add(
                    window.keys, window.marks, np.uint64(number), np.uint64(7), bucket, bucket - 3
                )
        if bucket == 15:
            steady = window.keys
    assert window.keys is steady


def _filled(*, expired: int, live: int, slots: int) -> RetryWindow:
    window = RetryWindow()
    window.keys, window.marks = np.zeros((slots, 2), np.uint64), np.zeros(slots, np.uint16)
    for number in range(expired + live):
        bucket = 9 if number < expired else 10
        window.used -= seen_or_add(window.keys, window.marks, np.uint64(number + 1), np.uint64(7), bucket, 9)
    return window


@pytest.mark.parametrize("live", [5_500, 6_500, 7_500])
def test_a_sweep_that_frees_little_of_a_growing_table_leaves_it_to_outgrow_its_slots_later(live: int) -> None:
    window = _filled(expired=10, live=live, slots=10_000)
    held = window.keys
    window.make_room(events=10, oldest=10)
    assert window.keys is held
    assert window.used == live


@pytest.mark.parametrize("expired", [2_600, 4_000, 7_000])
def test_a_sweep_that_frees_much_is_followed_by_a_rebuild_to_less_memory(expired: int) -> None:
    window = _filled(expired=expired, live=7_900 - expired, slots=10_000)
    window.make_room(events=1, oldest=10)
    assert window.used == 7_900 - expired
    assert len(window.marks) == capacity_for(window.used + 1)


@given(st.integers(100, 2_000))
def test_a_table_that_a_steady_stream_would_overfill_is_rebuilt_with_the_sweep_before(expired: int) -> None:
    window = _filled(expired=expired, live=7_900 - expired, slots=10_000)
    window.make_room(events=1, oldest=10)
    assert len(window.marks) == capacity_for(window.used + 1)


def test_a_table_that_loses_a_little_at_each_sweep_gives_memory_back_in_the_end() -> None:
    window = _filled(expired=20, live=5_200, slots=10_000)
    window.make_room(events=1, oldest=10)
    assert len(window.marks) == capacity_for(5_201)
