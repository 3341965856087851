import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.window.table import MOST_LOAD, age, capacity_for, free_slot, half_of, home, is_live

_WORDS = st.integers(0, (1 << 64) - 1)


@given(_WORDS, _WORDS, st.integers(1, 1 << 31))
def test_every_key_has_a_home_in_the_table(first: int, second: int, capacity: int) -> None:
    assert 0 <= home(np.uint64(first), np.uint64(second), capacity) < capacity


@given(st.integers(0, 1 << 31))
def test_a_rebuilt_table_is_loaded_well_below_the_most(entries: int) -> None:
    assert entries / capacity_for(entries) < 0.551 < MOST_LOAD


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
