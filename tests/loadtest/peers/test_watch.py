"""When a peer counts as done."""

from collections.abc import Sequence

import pytest

from loadtest.peers.record import Ending
from loadtest.peers.watch import Look, Watched, watch_rows


class _Time:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, _seconds: float) -> None:
        self.now += 1.0


def _watch(rows: Sequence[int], *, ready_at: float = 0.0, dies_at: float = 1e9, limit: float = 1e9) -> Watched:
    """Watch a peer that has `rows[i]` rows after i seconds, the last number for ever."""
    time = _Time()

    def look_at_rows() -> int:
        return rows[min(len(rows) - 1, int(time.now - 100.0))]

    look = Look(
        rows=look_at_rows,
        is_ready=lambda: time.now - 100.0 >= ready_at,
        is_alive=lambda: time.now - 100.0 < dies_at,
        cpu_seconds=lambda: 0.5 * (time.now - 100.0),
    )
    return watch_rows(look, 10, limit, clock=time, sleep=time.sleep)


def test_it_ends_with_the_last_row() -> None:
    found = _watch([0, 0, 4, 8, 10], ready_at=1.0)
    assert found == Watched(seen_rows=10, seconds=4.0, ready_seconds=1.0, start_cpu_seconds=0.5, ending="complete")


@pytest.mark.parametrize(
    ("rows", "limits", "ending", "seconds"),
    [
        ([0, 4, 5], {}, "stalled", 2.0),
        ([0, 4, 5], {"limit": 10.0}, "time limit", 2.0),
        ([0, 4, 5], {"dies_at": 3.0}, "failed", 2.0),
    ],
)
def test_what_was_done_counts_until_the_last_row_that_came(
    rows: list[int], limits: dict[str, float], ending: Ending, seconds: float
) -> None:
    found = _watch(rows, **limits)
    assert (found.ending, found.seen_rows, found.seconds) == (ending, 5, seconds)


def test_a_first_row_may_take_longer_than_a_later_one() -> None:
    assert _watch([0] * 80 + [10]).ending == "complete"
    assert _watch([0]).ending == "stalled"


def test_the_last_row_counts_even_when_the_process_has_ended() -> None:
    assert _watch([10], dies_at=0.0).ending == "complete"
