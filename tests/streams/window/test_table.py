import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.window.table import MOST_LOAD, capacity_for, free_slot, home

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
