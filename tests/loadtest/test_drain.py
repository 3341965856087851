"""Waiting for the ledger ends when every partition is covered, not before; giving up says how far it came."""

from typing import Any

import pytest
from clickhouse_connect.driver.exceptions import OperationalError

from loadtest.drain import NotDrained, wait_drained
from schemas.kinds import VENUE


class _Answer:
    def __init__(self, marks: dict[int, int]) -> None:
        self.result_rows = list(marks.items())


class _Ledger:
    """Answers with the prepared marks, the last of them again and again; an exception is raised instead."""

    def __init__(self, *answers: dict[int, int] | Exception) -> None:
        self._answers = list(answers)
        self.asked = 0

    def query(self, _query: str, parameters: dict[str, Any] | None = None) -> _Answer:
        assert parameters == {"feed": VENUE.name}
        self.asked += 1
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return _Answer(answer)


def _progress(ledger: _Ledger, ends: dict[int, int], *, timeout_seconds: float = 30.0) -> list[tuple[int, int]]:
    seen: list[tuple[int, int]] = []
    wait_drained(
        ledger,
        VENUE,
        ends=ends,
        timeout_seconds=timeout_seconds,
        on_progress=lambda done, total: seen.append((done, total)),
        period_seconds=0.0,
    )
    return seen


def test_it_waits_until_every_partition_is_covered() -> None:
    ledger = _Ledger({}, {0: 10}, {0: 10, 1: 3}, {0: 10, 1: 5})
    assert _progress(ledger, {0: 10, 1: 5}) == [(0, 15), (10, 15), (13, 15), (15, 15)]


def test_a_partition_nothing_was_published_to_is_not_waited_for() -> None:
    assert _progress(_Ledger({1: 5}), {0: 0, 1: 5}) == [(5, 5)]


def test_what_came_after_the_wanted_end_does_not_count() -> None:
    assert _progress(_Ledger({0: 99}, {0: 99, 1: 5}), {0: 10, 1: 5}) == [(10, 15), (15, 15)]


@pytest.mark.parametrize("away", [OperationalError("no connection"), OSError("reset")])
def test_a_store_that_is_away_is_waited_for_and_nothing_done_is_forgotten(away: Exception) -> None:
    assert _progress(_Ledger({0: 4}, away, {0: 10}), {0: 10}) == [(4, 10), (4, 10), (10, 10)]


def test_giving_up_says_how_far_it_came() -> None:
    with pytest.raises(NotDrained, match="after 0 s the ledger of venue covers 4 of 15 events"):
        _progress(_Ledger({0: 4}), {0: 10, 1: 5}, timeout_seconds=0.0)


def test_what_is_drained_already_is_not_given_up_on() -> None:
    ledger = _Ledger({0: 10})
    _progress(ledger, {0: 10}, timeout_seconds=-1.0)
    assert ledger.asked == 1
