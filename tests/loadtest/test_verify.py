from collections.abc import Callable

import pytest

from loadtest.expected import Expected
from loadtest.run import Run
from loadtest.verify import Comparison, verify
from schemas.enums import Verdict
from tests.loadtest.fake_clickhouse import FakeClickHouse
from tests.loadtest.scenarios import rough_workload

_FIRST_OFFSETS = {0: 0, 1: 500, 2: 0, 3: 7}


@pytest.fixture(name="run")
def _run() -> Run:
    workload = rough_workload(events=2_000)
    run = Run(workload, _FIRST_OFFSETS)
    for chunk in workload.chunks(events=700):
        run.note(chunk)
    return run


@pytest.fixture(name="expected")
def _expected(run: Run) -> Expected:
    return run.expected(uncertainty_ms=1_000)


@pytest.fixture(name="store")
def _store(run: Run, expected: Expected) -> FakeClickHouse:
    return FakeClickHouse(run, expected)


def _outcome(comparison: Comparison) -> dict[str, int]:
    counts = {name: getattr(comparison, name) for name in ("lost", "doubled", "unexpected", "wrong")}
    return {name: count for name, count in counts.items() if count}


def test_a_store_that_holds_the_truth_is_equal(run: Run, expected: Expected, store: FakeClickHouse) -> None:
    comparison = verify(store, run, expected)
    assert comparison.equal
    assert comparison.examples == []
    truth, found = expected.tally(), comparison.found
    for name in ("landed", "accepted", "rescan", "rejected", "late"):
        assert getattr(found, name) == getattr(truth, name)


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        (lambda store: store.lose_row(5), {"lost": 1}),
        (lambda store: store.double_row(5), {"doubled": 1}),
        (lambda store: store.change_row(5, verdict=int(Verdict.RETRY)), {"wrong": 1}),
        (lambda store: store.change_row(5, rescan_of=1), {"wrong": 1}),
        (lambda store: store.change_row(5, lateness=9), {"wrong": 1}),
        (lambda store: store.change_row(5, offset=10**6), {"lost": 1, "unexpected": 1}),
        (lambda store: store.bytes.__setitem__(0, (b"", b"other bytes")), {"wrong": 1}),
        (lambda store: store.letters.reason.__setitem__(0, 99), {"wrong": 1}),
        (lambda store: store.letters.offset.__setitem__(0, 10**6), {"lost": 1, "unexpected": 1}),
    ],
)
def test_a_planted_fault_is_found(
    run: Run,
    expected: Expected,
    store: FakeClickHouse,
    plant: Callable[[FakeClickHouse], None],
    found: dict[str, int],
) -> None:
    plant(store)
    comparison = verify(store, run, expected)
    assert not comparison.equal
    assert _outcome(comparison) == found
    assert 1 <= len(comparison.examples) <= 2


def test_rows_from_before_the_run_are_not_looked_at(run: Run, expected: Expected, store: FakeClickHouse) -> None:
    earlier = store.rows.partition == 1
    store.change_row(int(earlier.argmax()), offset=499)
    assert _outcome(verify(store, run, expected)) == {"lost": 1}


def test_the_original_bytes_of_any_event_can_be_made_again(run: Run, expected: Expected) -> None:
    values = [value for chunk in run.workload.chunks() for value in chunk.values]
    partitions = run.published.partition.tolist()
    seen = _FIRST_OFFSETS.copy()
    by_place: dict[tuple[int, int], bytes | None] = {}
    for partition, value in zip(partitions, values, strict=True):
        by_place[partition, seen[partition]] = value
        seen[partition] += 1
    rejects = expected.rejects()
    wanted = [by_place[place] for place in zip(rejects.partition.tolist(), rejects.offset.tolist(), strict=True)]
    assert [value for _, value in run.originals(rejects)] == wanted
