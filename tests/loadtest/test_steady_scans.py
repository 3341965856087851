"""A steady stream of scans, made from their numbers."""

import numpy as np

from loadtest.steady_scans import START_MS, SteadyScans

_STEP_MS = 300_000


def _scans(*, seed: int = 1) -> SteadyScans:
    return SteadyScans(fresh_per_step=1_000, step_ms=_STEP_MS, seed=seed)


def test_a_step_of_scans_takes_a_step_of_time() -> None:
    scans = _scans()
    times = scans.columns(np.arange(2_001)).integer("event_time")
    assert START_MS % _STEP_MS == 0
    assert (times[0], times[999] // _STEP_MS, times[1_000]) == (START_MS, START_MS // _STEP_MS, START_MS + _STEP_MS)
    assert np.all(np.diff(times) >= 0)


def test_a_tenth_of_every_later_batch_are_retries_of_earlier_batches() -> None:
    scans = _scans()
    assert scans.batch(900).retries == 0
    for number in range(1, 6):
        batch = scans.batch(900)
        ids = batch.columns.words("scan_id")[:, 0]
        earlier = scans.columns(np.arange(900 * number)).words("scan_id")[:, 0]
        fresh = scans.columns(np.arange(900 * number, 900 * (number + 1))).words("scan_id")[:, 0]
        assert (len(ids), batch.fresh, batch.retries) == (1_000, 900, 100)
        assert np.isin(ids, earlier).sum() == 100
        assert np.array_equal(ids[~np.isin(ids, earlier)], fresh)


def test_a_retry_is_the_same_scan_and_at_most_two_steps_old() -> None:
    scans = _scans()
    for _ in range(5):
        batch = scans.batch(1_000)
        assert batch.newest_ms - batch.columns.integer("event_time").min() < 3 * _STEP_MS
    subjects = batch.columns.words("subject")
    originals = scans.columns(np.arange(5_000)).words("subject")
    assert np.isin(subjects[:, 0], originals[:, 0]).all()


def test_no_two_scans_share_an_id_or_a_subject_and_seeds_differ() -> None:
    columns, other = _scans().columns(np.arange(50_000)), _scans(seed=2).columns(np.arange(50_000))
    words = np.concatenate(
        [made.words(name)[:, word] for made in (columns, other) for name in ("scan_id", "subject") for word in (0, 1)]
    )
    assert len(np.unique(words)) == 8 * 50_000
