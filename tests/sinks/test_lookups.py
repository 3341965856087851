"""Lookups of many threads share requests, and each gets its own answer."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from schemas.kinds import VENUE
from sinks.check import Lookup
from sinks.errors import TryAgain
from sinks.lookups import SharedLookups
from sinks.scans import Scans
from tests.sinks.clock import Clock
from tests.sinks.landing_log import Event, rows_table


def lookup(partition: int) -> Lookup:
    """Return a lookup of one scan."""
    return Lookup(
        feed_code=VENUE.code,
        partition=partition,
        before=1,
        scans=Scans.of(rows_table([Event(offset=partition)])),
        skewed=np.zeros(1, np.bool_),
        rescan_window_ms=1,
    )


class Store:
    """Answers with the scans asked for. The first request waits until `others` have come."""

    def __init__(self, others: int = 0) -> None:
        self.asked: list[list[int]] = []
        self.failure: Exception | None = None
        self._others, self._came = others, threading.Semaphore(0)

    def come(self) -> None:
        """Say that another has come."""
        self._came.release()

    def __call__(self, lookups: Sequence[Lookup]) -> list[Scans]:
        self.asked.append([each.partition for each in lookups])
        if len(self.asked) == 1:
            for _ in range(self._others):
                assert self._came.acquire(timeout=10)
        if self.failure:
            raise self.failure
        return [each.scans for each in lookups]


def test_who_comes_during_a_request_shares_the_next() -> None:
    store, clock = Store(others=3), Clock()
    shared = SharedLookups(ask=store, clock=clock, wait=lambda _: None)
    late = Announced(shared, store)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(shared.find, lookup(0))
        while not store.asked:
            assert not first.done()
        others = [threads.submit(late.find, lookup(partition)) for partition in (1, 2, 3)]
        assert first.result(10).offset.tolist() == [0]
        assert [other.result(10).offset.tolist() for other in others] == [[1], [2], [3]]
    assert sorted(partition for asked in store.asked for partition in asked) == [0, 1, 2, 3]
    assert store.asked[0] == [0]


class Announced:
    """Tells the store of each lookup just before it is made."""

    def __init__(self, shared: SharedLookups, store: Store) -> None:
        self._shared, self._store = shared, store

    def find(self, wanted: Lookup) -> Scans:
        """Find it."""
        self._store.come()
        return self._shared.find(wanted)


def test_requests_start_a_period_apart() -> None:
    clock, pauses = Clock(), list[float]()

    def wait(seconds: float) -> None:
        pauses.append(seconds)
        clock.seconds += seconds

    shared = SharedLookups(ask=Store(), clock=clock, wait=wait, period_seconds=2.0)
    for _ in range(2):
        shared.find(lookup(0))
    clock.seconds += 0.5
    shared.find(lookup(0))
    clock.seconds += 9
    shared.find(lookup(0))
    assert pauses == [2.0, 1.5]


def test_a_failure_is_everyones_and_the_next_request_is_made_all_the_same() -> None:
    store = Store()
    shared = SharedLookups(ask=store, clock=Clock(), wait=lambda _: None)
    store.failure = TryAgain("away")
    with pytest.raises(TryAgain):
        shared.find(lookup(0))
    store.failure = None
    assert shared.find(lookup(4)).offset.tolist() == [4]
