import numpy as np
import pytest

from loadtest import published
from loadtest.generate import Chunk, Workload
from loadtest.scenario import Scenario
from loadtest.timeline import Defect
from schemas.decode import decode_batch, spans_of
from schemas.kinds import SCANS, VENUE, Feed
from schemas.plan import plan_of
from schemas.wire import decode, partition_of
from tests.loadtest.scenarios import START_MS, fleet, rough_scenario, rough_workload


def _whole(workload: Workload) -> Chunk:
    (chunk,) = workload.chunks(events=len(workload))
    return chunk


@pytest.mark.parametrize("feed", SCANS, ids=lambda feed: feed.name)
def test_every_sound_event_is_a_message_of_its_feed(feed: Feed) -> None:
    chunk = _whole(rough_workload(feed, events=1_000))
    for row in np.flatnonzero(~chunk.malformed).tolist():
        kind, record = decode(chunk.values[row] or b"")
        assert kind is feed
        assert record["scan_id"] == chunk.columns.words("scan_id")[row].tobytes()


def test_the_same_scenario_gives_the_same_messages() -> None:
    one, other = _whole(rough_workload()), _whole(rough_workload())
    assert (one.keys, one.values, one.partitions.tolist()) == (other.keys, other.values, other.partitions.tolist())


def test_another_seed_gives_other_messages() -> None:
    one, other = _whole(rough_workload(seed=1)), _whole(rough_workload(seed=2))
    assert not set(filter(None, one.values)) & set(filter(None, other.values))


def test_the_size_of_chunks_changes_nothing() -> None:
    workload = rough_workload()
    pieces = [chunk for chunk in workload.chunks(events=333) if chunk]
    whole = _whole(workload)
    assert [value for piece in pieces for value in piece.values] == whole.values
    assert [key for piece in pieces for key in piece.keys] == whole.keys


def test_a_keyed_message_goes_where_kafkas_default_partitioner_puts_it() -> None:
    workload = rough_workload()
    chunk = _whole(workload)
    for key, partition in zip(chunk.keys, chunk.partitions.tolist(), strict=True):
        if key is not None:
            assert partition == partition_of(key, workload.scenario.partitions)


def test_a_retry_follows_its_original_in_the_same_partition_and_differs_in_sending_only() -> None:
    chunk = _whole(rough_workload())
    first: dict[int, int] = {}
    retries = 0
    for row, scan in enumerate(chunk.timeline.scan.tolist()):
        origin = first.setdefault(scan, row)
        if origin == row:
            continue
        retries += 1
        assert chunk.partitions[row] == chunk.partitions[origin]
        assert chunk.keys[row] == chunk.keys[origin]
        _, one = decode(chunk.values[origin] or b"")
        _, two = decode(chunk.values[row] or b"")
        assert one | {"sent_at": 0, "received_at": 0} == two | {"sent_at": 0, "received_at": 0}
    assert retries == 600


def test_scans_of_one_visit_share_person_place_and_direction() -> None:
    chunk = _whole(rough_workload())
    sound = chunk.timeline.is_any([Defect.NONE])
    visits = published.from_chunk(chunk, feed=VENUE, start_ms=START_MS).visit
    by_visit: dict[int, set[bytes]] = {}
    for row in np.flatnonzero(sound).tolist():
        by_visit.setdefault(int(chunk.timeline.visit[row]), set()).add(visits[row].tobytes())
    assert {len(keys) for keys in by_visit.values()} == {1}


def test_what_the_generator_knows_is_what_its_messages_say() -> None:
    chunk = _whole(rough_workload())
    known = published.from_chunk(chunk, feed=VENUE, start_ms=START_MS)
    columns, status = decode_batch(plan_of(VENUE), spans_of([value or b"" for value in chunk.values]))
    assert known.reason.tolist() == status.tolist()
    sound = status == 0
    read = published.from_columns(
        columns, partition=chunk.partitions, logged_ms=known.logged_ms, reason=status, keyed=chunk.keyed
    )
    for name in ("scan_id", "visit", "event_ms", "sent_ms", "received_ms"):
        assert np.array_equal(getattr(known, name)[sound], getattr(read, name)[sound])


def test_shares_are_what_the_scenario_says() -> None:
    scenario = Scenario(events=200_000, span_seconds=100, start_ms=START_MS)
    workload = Workload(scenario, fleet())
    timeline = workload.timeline
    assert len(timeline) == 200_000
    assert len(timeline) - len(np.unique(timeline.scan)) == scenario.count(0.10)
    assert np.count_nonzero(timeline.is_any([defect for defect in Defect if defect])) < 400
    assert np.all(np.diff(timeline.publish_us) >= 0)


def test_popular_places_get_most_scans_and_most_places_get_none() -> None:
    workload = Workload(Scenario(events=100_000, span_seconds=60, start_ms=START_MS), fleet())
    places = np.concatenate([chunk.columns.integer("place_id") for chunk in workload.chunks()])
    _, counts = np.unique(places[places <= fleet().places], return_counts=True)
    assert 0.08 < len(counts) / fleet().places < 0.112
    assert np.sort(counts)[-10:].sum() > 0.25 * counts.sum()


def test_a_scenario_without_events_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one event"):
        rough_scenario(events=0)
