import numpy as np
import pytest

from loadtest import published
from loadtest.alone import alone
from loadtest.expected import Expected, Undecidable, decide_one_by_one, expect
from loadtest.published import Published
from schemas.kinds import SCANS, VENUE, Feed
from tests.loadtest.scenarios import START_MS, rough_workload


def _published(feed: Feed = VENUE) -> Published:
    chunks = rough_workload(feed).chunks(events=1_000)
    return published.joined([published.from_chunk(chunk, feed=feed, start_ms=START_MS) for chunk in chunks])


def _rows(expected: Expected) -> list[tuple[int, ...]]:
    columns = (expected.partition, expected.offset, expected.verdict, expected.rescan_of, expected.lateness)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@pytest.mark.parametrize("feed", SCANS, ids=lambda feed: feed.name)
def test_every_event_has_one_outcome_and_every_outcome_occurs(feed: Feed) -> None:
    tally = expect(feed, _published(feed)).tally()
    assert tally.published == 4_000
    assert tally.published == tally.accepted + tally.rescan + tally.retry + tally.rejected
    assert tally.landed == tally.accepted + tally.rescan
    assert min(tally.rescan, tally.retry, tally.rejected, tally.late) > 100


def test_every_reason_occurs() -> None:
    reasons = expect(VENUE, _published()).rejects().reason
    assert set(range(1, 13)) == set(reasons.tolist())


@pytest.mark.parametrize("feed", SCANS, ids=lambda feed: feed.name)
def test_events_nothing_else_touches_are_decided_as_if_one_by_one(feed: Feed) -> None:
    everything = _published(feed)
    expected = expect(feed, everything)
    assert 0.2 < np.mean(alone(everything.of_partition(0))) < 0.8
    for partition in range(4):
        mine = everything.of_partition(partition)
        one_by_one = decide_one_by_one(feed, mine, offsets=np.arange(len(mine)))
        found = expected.select(expected.partition == partition)
        for column, name in enumerate(("verdict", "reason", "rescan_of", "lateness")):
            assert np.array_equal(getattr(found, name), one_by_one[:, column]), name


def test_offsets_count_from_where_the_partition_ended_before() -> None:
    plain = expect(VENUE, _published())
    moved = expect(VENUE, _published(), first_offsets={2: 1_000})
    second = plain.partition == 2
    assert np.array_equal(moved.offset[second], plain.offset[second] + 1_000)
    assert np.array_equal(moved.offset[~second], plain.offset[~second])
    rescans = second & (plain.rescan_of >= 0)
    assert np.array_equal(moved.rescan_of[rescans], plain.rescan_of[rescans] + 1_000)


def test_a_generated_scenario_stays_decidable_for_a_minute() -> None:
    assert _rows(expect(VENUE, _published(), uncertainty_ms=60_000)) == _rows(expect(VENUE, _published()))


def test_a_broker_time_too_uncertain_to_tell_is_refused() -> None:
    with pytest.raises(Undecidable, match="delay of 10 minutes"):
        expect(VENUE, _published(), uncertainty_ms=15 * 60_000)


def test_processes_that_share_the_work_come_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    in_one = expect(VENUE, _published())
    monkeypatch.setattr("loadtest.expected._ALONE_EVENTS", 1)
    assert _rows(expect(VENUE, _published())) == _rows(in_one)
