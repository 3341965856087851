"""The numbers of the time rules, all in milliseconds of event time.

Sources: domain.md 3.4 (classes of lateness, future, skew), NQ of the five provinces (72 h is a pass's validity).
"""

from dataclasses import dataclass

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

ON_TIME_MS = 10 * MINUTE_MS
LATE_MS = 72 * HOUR_MS
VERY_LATE_MS = 28 * DAY_MS
FUTURE_MS = 5 * MINUTE_MS
#: Below this the difference of sending and receiving is a network's, not a clock's.
SKEW_NOTICED_MS = 2_000
#: Beyond it the device's clock says nothing; the event is rejected, its bytes kept.
SKEW_MOST_MS = DAY_MS
#: Windows forget whole buckets of event time; one is at least the longest re-scan window, so that a scan's
#: neighbours lie in its own bucket or the two beside it.
BUCKET_MS = 5 * MINUTE_MS
#: How often expired entries are aged, in buckets of event time: stored times wrap around after many days.
AGED_BUCKETS = DAY_MS // BUCKET_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRules:
    """How one feed's windows work: the re-scan window, and how far behind the watermark memory is exact."""

    rescan_ms: int
    horizon_ms: int = ON_TIME_MS

    def __post_init__(self) -> None:
        if not 0 <= self.rescan_ms <= BUCKET_MS:
            raise ValueError(f"a re-scan window is at least 0 and at most {BUCKET_MS} ms, not {self.rescan_ms}")
        if self.horizon_ms < BUCKET_MS:
            raise ValueError(f"the windows' horizon is at least {BUCKET_MS} ms, not {self.horizon_ms}")

    @property
    def buckets(self) -> int:
        """Buckets kept behind the watermark's: the horizon, and one for its oldest scans' neighbours."""
        return -(-self.horizon_ms // BUCKET_MS) + 1

    def oldest_bucket(self, watermark_ms: int) -> int:
        """Return the oldest bucket that is kept at a watermark."""
        return watermark_ms // BUCKET_MS - self.buckets
