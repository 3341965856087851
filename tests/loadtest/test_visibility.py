"""What is seen of a partition only grows; the watch survives a ClickHouse that is away and looks a last time."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import clickhouse_connect
import numpy as np
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import OperationalError

from deploy.local.clickhouse import EmbeddedClickHouse
from loadtest.visibility import Sightings, Watcher
from schemas.kinds import VENUE
from tests.databases import Databases
from tests.waiting import until


@dataclass
class _Answer:
    result_rows: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class _Part:
    """A part of the table with its first and last block, and the newest offset of partition 0 in it."""

    first: int
    last: int
    offset: int
    late: bool = False
    feed: str = "venue"

    @property
    def name(self) -> str:
        """Its name, as ClickHouse gives it."""
        return f"20211122_{self.first}_{self.last}_0"


@dataclass
class _Store:
    """Shows the table as it is at each look, at last again and again; an exception is raised instead."""

    looks: list[list[_Part] | Exception]
    read: list[list[_Part]] = field(default_factory=list)
    asked: int = 0
    all_given: threading.Event = field(default_factory=threading.Event)

    def query(self, query: str, parameters: dict[str, Any] | None = None) -> _Answer:
        wanted = parameters or {}
        assert "system.parts" in query
        assert wanted["table"] == VENUE.table
        self.asked += 1
        look = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        if self.asked > 5:
            self.all_given.set()
        if isinstance(look, Exception):
            raise look
        self.read.append([part for part in look if part.last > max(wanted["blocks"], default=0)])
        return _Answer([(part.name, part.feed, 0, part.late, part.offset) for part in self.read[-1]])


def _watched(*looks: list[_Part] | Exception) -> tuple[_Store, Sightings]:
    store = _Store(list(looks))
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


ONE, TWO, BOTH = _Part(1, 1, 4), _Part(2, 2, 9), _Part(1, 2, 9)


def test_only_parts_with_new_rows_are_read_and_everything_once_more_at_the_end() -> None:
    store, sightings = _watched([ONE], [ONE, TWO], [BOTH])
    assert [parts for parts in store.read if parts] == [[ONE], [TWO], [BOTH]]
    assert store.read[-1] == [BOTH]
    assert sightings.newest == {(0, False): [4, 9]}
    assert sightings.seen_ms[0, False] == sorted(sightings.seen_ms[0, False])


def test_other_feeds_are_read_and_left_out() -> None:
    other, late = _Part(2, 2, 50, feed="vehicle"), _Part(3, 3, 6, late=True)
    _, sightings = _watched([ONE, other], [late])
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


@pytest.mark.integration
def test_the_real_engine_shows_new_rows_at_each_look(clients: tuple[Client, Client]) -> None:
    client, watching = clients
    watcher = Watcher(watching, VENUE, period_seconds=0.0)
    seen = watcher.sightings.newest
    watcher.start()
    for offset in (1, 2, 3):
        client.command(_INSERT, {"offset": offset, "late": "LATE" if offset == 3 else "ON_TIME"})
        until(partial(_holds, seen, offset), seconds=30)
    watcher.stop()
    assert seen == {(5, False): [1, 2], (5, True): [3]}


_INSERT = """
INSERT INTO scans (feed, _partition, _offset, lateness, logged_at)
VALUES ('venue', 5, {offset:Int64}, {late:String}, now64(3))
"""


def _holds(seen: Mapping[tuple[int, bool], Sequence[int]], offset: int) -> bool:
    return any(offset in offsets for offsets in list(seen.values()))


@pytest.fixture
def clients(clickhouse: EmbeddedClickHouse, databases: Databases) -> Iterator[tuple[Client, Client]]:
    """Return two clients of a migrated database."""
    with (
        databases.lend() as database,
        closing(clickhouse_connect.get_client(dsn=clickhouse.dsn, database=database.name)) as watching,
    ):
        yield database.client, watching
