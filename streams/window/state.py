"""The state of one source partition's windows: what decides the next event besides the event itself."""

from dataclasses import dataclass, field

from streams.window.history import CLAIMS_KEPT_MS, History
from streams.window.late import LateScans
from streams.window.rescan import RescanWindow
from streams.window.retry import RetryWindow
from streams.window.rules import AGED_BUCKETS, BUCKET_MS, FUTURE_MS, WindowRules


@dataclass(slots=True)
class WindowState:
    """Windows of one partition after some prefix of its events; depends on nothing else.

    `watermark_ms` is the running maximum of corrected event times. `ahead` maps devices whose clocks ran ahead of the
    broker's to the latest event time they claimed: ids of such events are not kept until then, so that device's events
    are looked for in the history, until that time has left the windows for long. `late` and `history` are for what is
    older than the windows. `aged_bucket` is the oldest live bucket when the tables' expired entries were last aged.
    """

    rules: WindowRules
    retry: RetryWindow = field(default_factory=RetryWindow)
    rescan: RescanWindow = field(default_factory=RescanWindow)
    late: LateScans = field(default_factory=LateScans)
    history: History = field(default_factory=History)
    ahead: dict[int, int] = field(default_factory=dict)
    watermark_ms: int = 0
    aged_bucket: int = 0

    @property
    def oldest_bucket(self) -> int:
        """Oldest bucket that is kept."""
        return self.rules.oldest_bucket(self.watermark_ms)

    @property
    def oldest_ms(self) -> int:
        """Start of the oldest bucket that is kept, in ms of event time."""
        return self.oldest_bucket * BUCKET_MS

    def advance(self, watermark_ms: int) -> None:
        """Move the watermark on to `watermark_ms`, if that is later."""
        newest_ms, claimed_ms = self.watermark_ms, self.history.logged_ms + FUTURE_MS
        self.watermark_ms = max(self.watermark_ms, watermark_ms)
        if self.oldest_bucket - self.aged_bucket > AGED_BUCKETS:
            # Ids are filed by the device's time, which may be later than the corrected one.
            self.retry.age(oldest=self.oldest_bucket, newest=max(newest_ms, claimed_ms) // BUCKET_MS)
            self.rescan.age(oldest=self.oldest_bucket, newest=newest_ms // BUCKET_MS)
            self.aged_bucket = self.oldest_bucket

    def make_room(self, events: int, *, late: int = 0) -> None:
        """Prepare for `events` more, of which at most `late` are older than the windows."""
        for table in (self.retry, self.rescan):
            table.make_room(events=events, oldest=self.oldest_bucket)
        self.history.make_room(events)
        self.late.make_room(events=late, oldest=self.oldest_bucket, history=self.history)

    def forget_ahead(self) -> None:
        """Drop devices whose claimed times left the windows so long ago that the history no longer trusts them."""
        oldest_ms = self.oldest_ms - CLAIMS_KEPT_MS
        for device in [device for device, until in self.ahead.items() if until < oldest_ms]:
            del self.ahead[device]
