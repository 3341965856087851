"""The filters over what has left the windows: never wrong in one direction, seldom in the other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.window.history import (
    CLAIMS_KEPT_MS,
    EVERYTHING_MS,
    FILTER_BYTES,
    FILTER_KEYS,
    MOST_FILTERS,
    NOTHING_MS,
    History,
    is_known,
    may_be_near,
    may_repeat,
    note,
)
from streams.window.rules import DAY_MS, HOUR_MS, MINUTE_MS
from tests.streams.window.events import START_MS

_WINDOW_MS = 5 * MINUTE_MS


def _note(history: History, key: int, *, time_ms: int, device_ms: int | None = None) -> None:
    own_ms = time_ms if device_ms is None else device_ms
    history.keys += note(history.blocks, np.uint64(key), np.uint64(3), time_ms, own_ms)


def _may_be_near(history: History, key: int, time_ms: int) -> bool:
    return bool(may_be_near(history.bits, history.newest_ms, np.uint64(key), np.uint64(3), time_ms, _WINDOW_MS))


def _may_repeat(history: History, key: int, device_ms: int) -> bool:
    return bool(may_repeat(history.bits, history.newest_ms, np.uint64(key), np.uint64(3), device_ms))


@given(
    st.integers(1, 1 << 62),
    st.integers(START_MS, START_MS + DAY_MS),
    st.integers(-DAY_MS, DAY_MS),
    st.integers(1 - _WINDOW_MS, _WINDOW_MS - 1),
    st.integers(0, 3),
)
def test_what_landed_is_never_denied(key: int, time_ms: int, skew_ms: int, apart_ms: int, filters: int) -> None:
    history = History()
    _note(history, key, time_ms=time_ms, device_ms=time_ms - skew_ms)
    history.logged_ms = time_ms
    for _ in range(filters):
        history.begin_filter()
    assert _may_be_near(history, key, time_ms + apart_ms)
    assert _may_repeat(history, key, time_ms - skew_ms)


def test_what_did_not_land_is_denied_nearly_always() -> None:
    history = History()
    for key in range(1, FILTER_KEYS + 1):
        _note(history, key, time_ms=START_MS)
    wrong = sum(_may_be_near(history, key, START_MS + HOUR_MS // 2) for key in range(1_000_000_000, 1_000_010_000))
    assert wrong <= 20


def test_a_filter_is_full_at_24_bits_a_key() -> None:
    history = History()
    assert pytest.approx(24 * FILTER_KEYS, abs=24) == FILTER_BYTES * 8
    _note(history, 1, time_ms=START_MS)
    history.make_room(FILTER_KEYS - 1)
    assert history.active == 0
    history.make_room(FILTER_KEYS)
    assert (history.active, history.keys, history.size_bytes) == (1, 0, 2 * FILTER_BYTES)


def test_the_oldest_filter_is_dropped_and_what_was_in_it_is_unknown_from_then_on() -> None:
    history = History()
    history.know_from(offset=0, logged_ms=START_MS)
    for number in range(MOST_FILTERS):
        _note(history, number + 1, time_ms=START_MS + number * HOUR_MS)
        history.logged_ms = START_MS + number * HOUR_MS
        assert history.known_from_ms == EVERYTHING_MS
        history.begin_filter()
    assert history.known_from_ms == START_MS
    assert not _may_be_near(history, 1, START_MS)
    assert _may_be_near(history, 2, START_MS + HOUR_MS)
    history.begin_filter()
    assert history.known_from_ms == START_MS + HOUR_MS
    assert history.size_bytes == MOST_FILTERS * FILTER_BYTES


def test_filters_of_before_a_scan_could_be_logged_are_passed_over() -> None:
    history = History()
    _note(history, 1, time_ms=START_MS + HOUR_MS)
    history.logged_ms = START_MS
    history.begin_filter()
    assert not _may_be_near(history, 1, START_MS + HOUR_MS)
    assert _may_repeat(history, 1, START_MS + HOUR_MS)


def test_everything_is_known_from_the_first_offset_on_and_else_from_a_moment() -> None:
    history, other = History(), History()
    assert history.known_from_ms == NOTHING_MS
    history.know_from(offset=0, logged_ms=START_MS)
    history.know_from(offset=7, logged_ms=START_MS)
    assert history.known_from_ms == EVERYTHING_MS
    other.know_from(offset=7, logged_ms=START_MS)
    assert other.known_from_ms == START_MS


@pytest.mark.parametrize(
    ("time_ms", "device_ms", "known"),
    [
        (START_MS + 10 * MINUTE_MS, START_MS + 10 * MINUTE_MS, True),
        (START_MS + 10 * MINUTE_MS - 1, START_MS + 10 * MINUTE_MS, False),
        (START_MS + 10 * MINUTE_MS, START_MS + 10 * MINUTE_MS - 1, False),
    ],
)
def test_a_moment_counts_with_clocks_ahead_and_brokers_that_differ(time_ms: int, device_ms: int, known: bool) -> None:
    assert is_known(time_ms, device_ms, False, START_MS + HOUR_MS, START_MS) is known


def test_what_a_device_that_ran_ahead_may_have_claimed_long_ago_is_unknown() -> None:
    device_ms, known_from_ms = START_MS, START_MS - DAY_MS
    assert is_known(device_ms, device_ms, False, device_ms + CLAIMS_KEPT_MS, known_from_ms)
    assert not is_known(device_ms, device_ms, False, device_ms + CLAIMS_KEPT_MS + 1, known_from_ms)
    assert is_known(device_ms, device_ms, False, device_ms + DAY_MS, EVERYTHING_MS)


def test_a_claimed_time_is_known_only_from_a_day_before() -> None:
    device_ms, known_from_ms = START_MS + DAY_MS + 10 * MINUTE_MS, START_MS
    assert is_known(device_ms, device_ms, True, START_MS, known_from_ms)
    assert not is_known(device_ms, device_ms - 1, True, START_MS, known_from_ms)
    assert is_known(device_ms, device_ms - 1, False, START_MS, known_from_ms)
