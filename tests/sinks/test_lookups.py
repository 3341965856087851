"""Lookups of many threads share requests, and each gets its own answer."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from schemas.kinds import VENUE
from sinks.check import Lookup
from sinks.errors import TryAgain
from sinks.lookups import MOST_WAIT_SECONDS, SharedLookups
from sinks.scans import Scans
from tests.sinks.clock import Clock
from tests.sinks.landing_log import Event, rows_table
from tests.waiting import until


def lookup(partition: int) -> Lookup:
    """Return a lookup of one scan."""
    return Lookup(
        feed=VENUE,
        partition=partition,
        before=1,
        scans=Scans.of(rows_table([Event(offset=partition)])),
        skewed=np.zeros(1, np.bool_),
        aged=np.zeros(1, np.bool_),
        rescan_window_ms=1,
    )


class Store:
    """Answers with the scans asked for."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.failure: Exception | None = None

    def __call__(self, lookups: Sequence[Lookup]) -> list[Scans]:
        self.asked.append([each.partition for each in lookups])
        if self.failure:
            raise self.failure
        return [each.scans for each in lookups]


def test_who_comes_during_the_linger_shares_the_request() -> None:
    lingered: list[float] = []

    def linger(seconds: float) -> None:
        lingered.append(seconds)
        until(lambda: shared.waiting == 4, seconds=10)

    store = Store()
    shared = SharedLookups(ask=store, wait=linger, clock=Clock(), linger_seconds=7.0)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(shared.find, map(lookup, range(4))))
    assert [scans.offset.tolist() for scans in found] == [[0], [1], [2], [3]]
    assert sorted(*store.asked) == [0, 1, 2, 3]
    assert lingered == [7.0]


def test_a_failure_is_everyones_and_the_next_request_is_made_all_the_same() -> None:
    store = Store()
    shared = SharedLookups(ask=store, wait=lambda _: None, clock=Clock())
    store.failure = TryAgain("away")
    with pytest.raises(TryAgain):
        shared.find(lookup(0))
    store.failure = None
    assert shared.find(lookup(4)).offset.tolist() == [4]


@pytest.mark.parametrize(("took_seconds", "pause_seconds"), [(0.02, 0.08), (0.1, 0.4), (3.0, 0.5)])
def test_after_a_request_none_is_due_for_four_times_what_it_took_within_bounds(
    took_seconds: float, pause_seconds: float
) -> None:
    clock = Clock()

    def ask(lookups: Sequence[Lookup]) -> list[Scans]:
        assert not shared.is_due(waiting_since=clock.seconds)
        clock.seconds += took_seconds
        return [each.scans for each in lookups]

    shared = SharedLookups(ask=ask, wait=lambda _: None, clock=clock)
    assert shared.is_due(waiting_since=0.0)
    shared.find(lookup(0))
    clock.seconds += 0.9 * pause_seconds
    assert not shared.is_due(waiting_since=clock.seconds)
    clock.seconds += 0.2 * pause_seconds
    assert shared.is_due(waiting_since=clock.seconds)


def test_who_has_waited_for_long_does_not_wait_for_a_turn() -> None:
    clock = Clock()

    def ask(lookups: Sequence[Lookup]) -> list[Scans]:
        assert not shared.is_due(waiting_since=clock.seconds)
        assert shared.is_due(waiting_since=clock.seconds - MOST_WAIT_SECONDS)
        return [each.scans for each in lookups]

    shared = SharedLookups(ask=ask, wait=lambda _: None, clock=clock)
    assert shared.find(lookup(3)).offset.tolist() == [3]
