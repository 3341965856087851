"""Late scans of late, against a list."""

from dataclasses import dataclass, field

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.window.history import FILTER_KEYS, History, may_be_near
from streams.window.late import LateScans, find_late, put_late
from streams.window.rules import BUCKET_MS, MINUTE_MS
from tests.streams.window.events import START_MS

_WINDOW_MS = 120_000


def _put(late: LateScans, key: int, time_ms: int, *, device_ms: int, offset: int, arrival: int) -> None:
    words = np.uint64(key), np.uint64(3)
    _, _, slot = find_late(late.keys, late.facts, *words, time_ms, device_ms, _WINDOW_MS, 0)
    put_late(late.keys, late.facts, slot, *words, time_ms, device_ms, offset, arrival)
    late.used += 1


def _find(late: LateScans, key: int, time_ms: int, *, device_ms: int, oldest: int) -> tuple[int, bool]:
    found, uncertain, _ = find_late(
        late.keys, late.facts, np.uint64(key), np.uint64(3), time_ms, device_ms, _WINDOW_MS, oldest
    )
    return int(found), bool(uncertain)


def _may_be_near(history: History, key: int, time_ms: int) -> bool:
    return bool(may_be_near(history.bits, history.newest_ms, np.uint64(key), np.uint64(3), time_ms, _WINDOW_MS))


@dataclass
class Model:
    """Late accepted scans as (key, time, device's time, offset, arrival)."""

    scans: list[tuple[int, int, int, int, int]] = field(default_factory=list)

    def find(self, key: int, time_ms: int, *, device_ms: int, oldest: int) -> tuple[int, bool]:
        same = [scan for scan in self.scans if scan[0] == key]
        near = [scan for scan in same if abs(scan[1] - time_ms) < _WINDOW_MS]
        copies = [scan for scan in same if scan[2] == device_ms]
        certain = [scan[3] for scan in near if scan[4] >= oldest and scan not in copies]
        return min(certain, default=-1), bool(copies) or any(scan[4] < oldest for scan in near)


_SCANS = st.lists(
    st.tuples(
        st.integers(0, 1),  # buckets the watermark moves on
        st.integers(1, 3),  # key
        st.integers(0, 4 * _WINDOW_MS),  # event time
        st.sampled_from((0, 0, 1, MINUTE_MS)),  # skew
        st.booleans(),  # make room first
    ),
    max_size=30,
)


@given(_SCANS)
def test_neighbours_copies_and_what_expired_are_told_apart(scans: list[tuple[int, int, int, int, bool]]) -> None:
    late, history, model, arrival = LateScans(), History(), Model(), 100
    for offset, (moved, key, at, skew_ms, room) in enumerate(scans):
        arrival += moved
        oldest, time_ms = arrival - 2, START_MS + at
        if room:
            late.make_room(events=40, oldest=oldest, history=history)
            model.scans = [scan for scan in model.scans if scan[4] >= oldest]
        found = _find(late, key, time_ms, device_ms=time_ms - skew_ms, oldest=oldest)
        assert found == model.find(key, time_ms, device_ms=time_ms - skew_ms, oldest=oldest)
        if found[0] < 0:
            _put(late, key, time_ms, device_ms=time_ms - skew_ms, offset=offset, arrival=arrival)
            model.scans.append((key, time_ms, time_ms - skew_ms, offset, arrival))


def test_what_expires_moves_to_the_history_in_as_many_filters_as_it_takes() -> None:
    late, history = LateScans(), History(keys=FILTER_KEYS - 1_000, logged_ms=START_MS)
    late.make_room(events=3_000, oldest=1, history=history)
    for number in range(3_000):
        _put(late, number + 1, START_MS, device_ms=START_MS, offset=number, arrival=5)
    late.make_room(events=0, oldest=6, history=history)
    assert late.used == 0
    assert (history.active, history.keys) == (1, 2_000)
    assert all(_may_be_near(history, key, START_MS) for key in range(1, 3_001))


def test_what_arrived_of_late_stays_and_memory_is_given_back() -> None:
    late, history = LateScans(), History()
    late.make_room(events=5_000, oldest=1, history=history)
    before = late.size_bytes
    for number in range(5_000):
        _put(late, number + 1, START_MS, device_ms=START_MS, offset=number, arrival=5 + (number == 7))
    late.make_room(events=10, oldest=6, history=history)
    assert late.used == 1
    assert late.size_bytes < before / 10
    assert _find(late, 8, START_MS + BUCKET_MS, device_ms=0, oldest=6) == (-1, False)
    assert _find(late, 8, START_MS + MINUTE_MS, device_ms=0, oldest=6) == (7, False)
