"""The re-scan window against a list of everything accepted."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.window.rescan import RescanWindow, find, key_of, put
from streams.window.rules import BUCKET_MS

_WINDOW_MS = 120_000
_TIME_WRAP, _OFFSET_WRAP = 1 << 31, 1 << 32


@dataclass
class Model:
    """Accepted scans as (key, time, offset, pending)."""

    accepted: list[tuple[int, int, int, bool]] = field(default_factory=list)

    def find(self, key: int, time_ms: int, oldest: int) -> tuple[int, bool]:
        near = [
            (offset, pending)
            for other, when, offset, pending in self.accepted
            if other == key and abs(when - time_ms) < _WINDOW_MS and when >= oldest * BUCKET_MS
        ]
        return min((offset for offset, pending in near if not pending), default=-1), any(pending for _, pending in near)


def _put(window: RescanWindow, slot: int, key: int, time_ms: int, offset: int, *, pending: bool) -> None:
    window.used += put(window.keys, window.marks, slot, np.uint64(key), np.uint64(3), time_ms, offset, pending)


_SCANS = st.lists(
    st.tuples(
        st.integers(0, BUCKET_MS),  # how far the watermark moves on
        st.integers(1, 3),  # key
        st.integers(0, 4 * BUCKET_MS),  # how far behind the watermark
        st.booleans(),  # pending
        st.integers(0, 9),  # 0: rebuild first
    ),
    max_size=30,
)


@given(_SCANS, st.sampled_from((0, _TIME_WRAP, 3 * _TIME_WRAP)), st.sampled_from((0, _OFFSET_WRAP - 10)))
def test_the_nearest_accepted_scans_are_found(
    scans: list[tuple[int, int, int, bool, int]], around: int, offset: int
) -> None:
    window, model = RescanWindow(), Model()
    watermark = 1_622_523_600_000 // _TIME_WRAP * _TIME_WRAP + around
    for moved, key, behind, pending, chance in scans:
        watermark += moved
        oldest = watermark // BUCKET_MS - 3
        time_ms = max(watermark - behind, oldest * BUCKET_MS)
        if chance == 0:
            window.make_room(events=len(window.marks), oldest=oldest)
        found, near_pending, slot = find(
            window.keys, window.marks, np.uint64(key), np.uint64(3), time_ms, offset, _WINDOW_MS, oldest
        )
        assert (found, near_pending) == model.find(key, time_ms, oldest)
        if found < 0:
            _put(window, slot, key, time_ms, offset, pending=pending)
            model.accepted.append((key, time_ms, offset, pending))
        offset += 1


def test_of_two_near_scans_the_first_in_the_log_is_the_one() -> None:
    window = RescanWindow()
    for offset, time_ms in ((7, 1_000_000), (3, 1_100_000)):
        _, _, slot = find(window.keys, window.marks, np.uint64(1), np.uint64(3), time_ms, offset, 1, 0)
        _put(window, slot, 1, time_ms, offset, pending=False)
    found, _, _ = find(window.keys, window.marks, np.uint64(1), np.uint64(3), 1_050_000, 9, _WINDOW_MS, 0)
    assert found == 3


@pytest.mark.parametrize("days", [1, 12, 13, 24, 24.855, 25, 60, 400])
def test_what_expired_stays_expired_however_long_it_was_silent(days: float) -> None:
    put_at = 1_622_523_600_000
    window = RescanWindow()
    _put(window, 0, 1, put_at, 5, pending=False)
    later = put_at + int(days * 86_400_000)
    oldest = later // BUCKET_MS - 3
    window.age(oldest=oldest, newest=put_at // BUCKET_MS)
    assert window.live(oldest) == 0
    assert window.live(oldest + 288) == 0


def test_ageing_leaves_live_scans_alone() -> None:
    window = RescanWindow()
    _put(window, 0, 1, 10 * BUCKET_MS - 1, 5, pending=False)
    _put(window, 1, 2, 10 * BUCKET_MS, 6, pending=True)
    before = int(window.marks[1])
    window.age(oldest=10, newest=10)
    assert window.live(10) == 1
    assert int(window.marks[1]) == before


def test_a_rebuild_keeps_live_scans_and_what_is_known_of_them() -> None:
    window = RescanWindow()
    for number in range(3_000):
        time_ms = (10 + number % 2) * BUCKET_MS
        _, _, slot = find(window.keys, window.marks, np.uint64(number + 1), np.uint64(3), time_ms, number, 1, 10)
        _put(window, slot, number + 1, time_ms, number, pending=number % 3 == 0)
    window.make_room(events=3_000, oldest=11)
    assert window.used == window.live(11) == 1_500
    for number in range(1, 3_000, 2):
        found, pending, _ = find(
            window.keys, window.marks, np.uint64(number + 1), np.uint64(3), 11 * BUCKET_MS, 9_000, _WINDOW_MS, 11
        )
        assert (found, pending) == ((-1, True) if number % 3 == 0 else (number, False))


def test_an_expired_slot_is_taken_over() -> None:
    keys, marks = np.zeros((2, 2), np.uint64), np.zeros(2, np.uint64)
    assert put(keys, marks, 0, np.uint64(1), np.uint64(1), 0, 0, False) == 1
    for expired_home in range(2, 40):
        _, _, slot = find(keys, marks, np.uint64(expired_home), np.uint64(1), 9 * BUCKET_MS, 1, 1, 9)
        if slot == 0:
            assert put(keys, marks, slot, np.uint64(expired_home), np.uint64(1), 9 * BUCKET_MS, 1, False) == 0
            return
    pytest.fail("no key probed the expired slot")


@given(st.integers(0, 2**31 - 1), st.integers(0, 6), st.integers(0, 2**31 - 1), st.integers(0, 6))
def test_places_and_directions_of_one_person_never_share_a_key(
    place: int, direction: int, other_place: int, other_direction: int
) -> None:
    subject = np.uint64(0x0123456789ABCDEF), np.uint64(0xFEDCBA9876543210)
    same = (place, direction) == (other_place, other_direction)
    one, other = key_of(*subject, place, direction), key_of(*subject, other_place, other_direction)
    assert (tuple(map(int, one)) == tuple(map(int, other))) is same


def test_a_slot_is_24_bytes() -> None:
    window = RescanWindow()
    assert window.size_bytes == 24 * len(window.marks)
