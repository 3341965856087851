"""What a broken product would have landed fails the verdict; what it should have landed passes."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from loadtest import report
from loadtest.check import FeedResult
from loadtest.expected import Expected
from loadtest.ledger import Balance
from loadtest.run import Run
from loadtest.suite.controls import controls
from loadtest.suite.spec import Bounds
from loadtest.suite.verdict import Verdict, judge
from loadtest.verify import verify
from schemas.enums import Verdict as RowVerdict
from schemas.kinds import VENUE
from tests.loadtest.fake_clickhouse import FakeClickHouse
from tests.loadtest.scenarios import rough_workload

_RUN = dict.fromkeys(range(4), 0)


@pytest.fixture(name="run", scope="module")
def _run() -> Run:
    workload = rough_workload(events=2_000)
    run = Run(workload, _RUN)
    for chunk in workload.chunks():
        run.note(chunk)
    return run


@pytest.fixture(name="expected", scope="module")
def _expected(run: Run) -> Expected:
    return run.expected(uncertainty_ms=1_000)


def _verdict(run: Run, expected: Expected, store: FakeClickHouse) -> Verdict:
    books = Balance(tally=expected.tally())
    feed = FeedResult(VENUE, expected.tally(), verify(store, run, expected), books)
    return judge({**report.outcome([feed]), "events_per_second": 1.0}, Bounds())


def _drop_a_row(store: FakeClickHouse, _expected: Expected) -> None:
    store.lose_row(5)


def _land_a_row_twice(store: FakeClickHouse, _expected: Expected) -> None:
    store.double_row(5)


def _forget_a_retry(store: FakeClickHouse, expected: Expected) -> None:
    """Land a retry as a visit, as a window would that has forgotten its original."""
    retry = expected.select(np.arange(len(expected)) == np.flatnonzero(expected.verdict == RowVerdict.RETRY)[0])
    visit = replace(retry, verdict=np.array([RowVerdict.ACCEPTED], np.int8))
    both = (store.rows, visit)
    store.rows = Expected(*(np.concatenate([getattr(each, name) for each in both]) for name in _COLUMNS))


def _forget_a_visit(store: FakeClickHouse, _expected: Expected) -> None:
    """Land a re-scan as a visit of its own."""
    row = int(np.flatnonzero(store.rows.verdict == RowVerdict.RESCAN)[0])
    store.change_row(row, verdict=int(RowVerdict.ACCEPTED), rescan_of=-1)


_COLUMNS = ("partition", "offset", "scan_id", "verdict", "reason", "rescan_of", "lateness")


def test_what_should_have_landed_passes(run: Run, expected: Expected) -> None:
    assert _verdict(run, expected, FakeClickHouse(run, expected)).outcome == "passed"


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_drop_a_row, "1 row was lost"),
        (_land_a_row_twice, "1 row was doubled"),
        (_forget_a_retry, "1 row was wrong"),
        (_forget_a_visit, "1 row was wrong"),
    ],
)
def test_a_sink_or_a_window_that_is_broken_in_one_row_fails(
    run: Run, expected: Expected, spoil: Callable[[FakeClickHouse, Expected], None], reason: str
) -> None:
    store = FakeClickHouse(run, expected)
    spoil(store, expected)
    verdict = _verdict(run, expected, store)
    assert verdict.outcome == "failed"
    assert reason in verdict.reasons


def test_the_controls_on_a_real_run_touch_events_of_the_right_outcome(expected: Expected) -> None:
    found = {control.name: control for control in controls(VENUE, expected)}
    outcome = {
        f"feed = 'venue' AND _partition = {partition} AND _offset = {offset}": verdict
        for partition, offset, verdict in zip(
            expected.partition.tolist(), expected.offset.tolist(), expected.verdict.tolist(), strict=True
        )
    }
    assert outcome[found["a sink that drops a row"].touches] == RowVerdict.ACCEPTED
    assert outcome[found["a window that forgets a retry"].touches] == RowVerdict.RETRY
    assert outcome[found["a window that takes a re-scan for a visit"].touches] == RowVerdict.RESCAN
    assert outcome[found["a sink that drops a dead letter"].touches] == RowVerdict.REJECTED
