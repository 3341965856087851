"""What is seen of a partition only grows; the watch survives a ClickHouse that is away and looks a last time."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from clickhouse_connect.driver.exceptions import OperationalError

from loadtest.visibility import Sightings, Watcher
from schemas.kinds import VENUE


@dataclass
class _Answer:
    result_rows: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class _Part:
    """A part of the table: its newest block, and the newest offset of partition 0 in it."""

    name: str
    block: int
    offset: int
    late: bool = False
    feed: str = "venue"


@dataclass
class _Store:
    """Shows the table as it is at each look, at last again and again; an exception is raised instead.

    Parts in `merged` are gone by the time their rows are asked for.
    """

    looks: list[list[_Part] | Exception]
    merged: set[str] = field(default_factory=set)
    read: list[list[str]] = field(default_factory=list)
    asked: int = 0
    all_given: threading.Event = field(default_factory=threading.Event)
    _table: list[_Part] = field(default_factory=list)

    def query(self, query: str, parameters: dict[str, Any] | None = None) -> _Answer:
        wanted = parameters or {}
        assert wanted["table"] == VENUE.table
        return self._parts() if "system.parts" in query else self._rows(wanted["parts"])

    def _parts(self) -> _Answer:
        self.asked += 1
        look = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        if self.asked > 5:
            self.all_given.set()
        if isinstance(look, Exception):
            raise look
        self._table = look
        return _Answer([("week", part.name, part.block) for part in look])

    def _rows(self, names: list[str]) -> _Answer:
        self.read.append(names)
        there = [part for part in self._table if part.name in names and part.name not in self.merged]
        return _Answer([(part.name, part.feed, 0, part.late, part.offset) for part in there])


def _watched(*looks: list[_Part] | Exception, merged: Sequence[str] = ()) -> tuple[_Store, Sightings]:
    store = _Store(list(looks), set(merged))
    watcher = Watcher(store, VENUE, period_seconds=0.0)
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


def test_late_rows_are_watched_for_themselves() -> None:
    sightings = Sightings()
    sightings.add(0, 9, 10.0)
    sightings.add(0, 4, 30.0, late=True)
    assert sightings.visible_ms(0, np.array([4, 9])).tolist() == [10.0, 10.0]
    assert sightings.visible_ms(0, np.array([4, 9]), late=True).tolist() == [30.0, np.inf]


ONE, TWO, BOTH = _Part("one", 1, 4), _Part("two", 2, 9), _Part("both", 2, 9)


def test_only_parts_with_new_rows_are_read() -> None:
    store, sightings = _watched([ONE], [ONE, TWO], [BOTH])
    assert store.read == [["one"], ["two"]]
    assert sightings.newest == {(0, False): [4, 9]}
    assert sightings.seen_ms[0, False] == sorted(sightings.seen_ms[0, False])


def test_a_part_merged_before_it_was_read_is_read_in_what_it_became() -> None:
    store, sightings = _watched([ONE, TWO], [BOTH], merged=["two"])
    assert store.read == [["one", "two"], ["both"]]
    assert sightings.newest == {(0, False): [4, 9]}


def test_other_feeds_are_read_and_left_out() -> None:
    store, sightings = _watched([ONE, _Part("other", 2, 50, feed="vehicle")], [_Part("late", 3, 6, late=True)])
    assert store.read == [["one", "other"], ["late"]]
    assert sightings.newest == {(0, False): [4], (0, True): [6]}


@pytest.mark.parametrize("away", [OperationalError("no connection"), OSError("reset")])
def test_a_store_that_is_away_for_a_moment_is_asked_again(away: Exception) -> None:
    _, sightings = _watched([ONE], away, away, [ONE, TWO])
    assert sightings.newest == {(0, False): [4, 9]}


def test_the_last_look_comes_after_the_stop() -> None:
    store = _Store([[ONE]])
    watcher = Watcher(store, VENUE, period_seconds=3_600.0)
    watcher.start()
    watcher.stop()
    assert store.asked in (1, 2)
    assert watcher.sightings.newest == {(0, False): [4]}
