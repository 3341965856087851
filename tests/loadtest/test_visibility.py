"""What is seen of a partition only grows; the watch survives a ClickHouse that is away and looks a last time."""

import threading
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from clickhouse_connect.driver.exceptions import OperationalError

from loadtest.visibility import Sightings, Watcher
from schemas.kinds import VENUE

_START_MS = 1_000


@dataclass
class _Answer:
    result_rows: list[tuple[int, int, int]]


@dataclass
class _Store:
    """Answers with the prepared rows, the last of them again and again; an exception is raised instead."""

    answers: list[list[tuple[int, int, int]] | Exception]
    asked_since_ms: list[int] = field(default_factory=list)
    all_given: threading.Event = field(default_factory=threading.Event)

    def query(self, query: str, parameters: dict[str, Any] | None = None) -> _Answer:
        assert VENUE.table in query
        assert parameters is not None
        assert parameters["feed"] == VENUE.name
        self.asked_since_ms.append(parameters["since"])
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if len(self.asked_since_ms) > 3:
            self.all_given.set()
        if isinstance(answer, Exception):
            raise answer
        return _Answer(answer)


def _watched(*answers: list[tuple[int, int, int]] | Exception, partitions: int = 2) -> tuple[_Store, Sightings]:
    store = _Store(list(answers))
    watcher = Watcher(store, VENUE, partitions=partitions, start_ms=_START_MS, period_seconds=0.0)
    watcher.start()
    assert store.all_given.wait(30)
    watcher.stop()
    return store, watcher.sightings


def test_an_answer_that_shows_nothing_new_is_dropped() -> None:
    sightings = Sightings()
    for offset, at_ms in ((5, 10.0), (5, 20.0), (4, 30.0), (6, 40.0)):
        sightings.add(0, offset, at_ms)
    assert sightings.visible_ms(0, np.array([0, 5, 6, 7])).tolist() == [10.0, 10.0, 40.0, np.inf]


def test_a_partition_never_seen_is_never_visible() -> None:
    assert np.isinf(Sightings().visible_ms(3, np.array([0]))).all()


def test_the_first_row_is_the_first_of_any_partition() -> None:
    sightings = Sightings()
    sightings.add(1, 7, 30.0)
    sightings.add(0, 2, 20.0)
    sightings.add(0, 3, 25.0)
    assert sightings.first_ms() == 20.0


def test_the_newest_offset_of_each_partition_is_noted() -> None:
    _, sightings = _watched([(0, 4, 1_500)], [(0, 4, 1_500), (1, 2, 1_600)], [(0, 9, 1_700), (1, 2, 1_600)])
    assert sightings.newest == {0: [4, 9], 1: [2]}
    assert sightings.seen_ms[0] == sorted(sightings.seen_ms[0])


def test_only_rows_as_new_as_those_of_the_slowest_partition_are_asked_for() -> None:
    store, _ = _watched([(0, 4, 1_500)], [(0, 4, 1_500), (1, 2, 1_200)], [(0, 5, 1_900)])
    assert store.asked_since_ms[:4] == [_START_MS, _START_MS, 1_200, 1_200]


@pytest.mark.parametrize("away", [OperationalError("no connection"), OSError("reset")])
def test_a_store_that_is_away_for_a_moment_is_asked_again(away: Exception) -> None:
    _, sightings = _watched([(0, 4, 1_500)], away, away, [(0, 9, 1_700)])
    assert sightings.newest == {0: [4, 9]}


def test_the_last_look_comes_after_the_stop() -> None:
    store = _Store([[(0, 4, 1_500)]])
    watcher = Watcher(store, VENUE, partitions=1, start_ms=_START_MS, period_seconds=3_600.0)
    watcher.start()
    watcher.stop()
    assert len(store.asked_since_ms) in (1, 2)
    assert watcher.sightings.newest == {0: [4]}
