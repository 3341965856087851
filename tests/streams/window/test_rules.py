import pytest

from schemas.kinds import FEEDS
from streams.window import rules
from streams.window.rules import BUCKET_MS, MINUTE_MS, WindowRules


def test_the_numbers_are_those_of_the_domain() -> None:
    assert rules.ON_TIME_MS == 600_000
    assert rules.LATE_MS == 259_200_000
    assert rules.VERY_LATE_MS == 2_419_200_000
    assert rules.FUTURE_MS == 300_000
    assert rules.SKEW_NOTICED_MS == 2_000
    assert rules.SKEW_MOST_MS == 86_400_000


@pytest.mark.parametrize(("minutes", "buckets"), [(5, 2), (9, 3), (10, 3), (11, 4), (60, 13)])
def test_buckets_cover_the_horizon_and_its_oldest_scans_neighbours(minutes: int, buckets: int) -> None:
    assert WindowRules(rescan_ms=BUCKET_MS, horizon_ms=minutes * MINUTE_MS).buckets == buckets


def test_no_feeds_window_is_longer_than_a_bucket() -> None:
    assert max(feed.rescan_window_ms for feed in FEEDS) <= BUCKET_MS


@pytest.mark.parametrize("rescan_ms", [-1, BUCKET_MS + 1])
def test_a_window_longer_than_a_bucket_is_refused(rescan_ms: int) -> None:
    with pytest.raises(ValueError, match="a re-scan window is at least 0 and at most 300000 ms"):
        WindowRules(rescan_ms=rescan_ms)


def test_a_horizon_shorter_than_a_bucket_is_refused() -> None:
    with pytest.raises(ValueError, match="the windows' horizon is at least 300000 ms, not 60000"):
        WindowRules(rescan_ms=1, horizon_ms=MINUTE_MS)
