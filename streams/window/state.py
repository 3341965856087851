"""The state of one source partition's windows: what decides the next event besides the event itself."""

from dataclasses import dataclass, field

from streams.window.rescan import RescanWindow
from streams.window.retry import RetryWindow
from streams.window.rules import AGED_BUCKETS, BUCKET_MS, WindowRules


@dataclass(slots=True)
class WindowState:
    """Windows of one partition after some prefix of its events; depends on nothing else.

    `watermark_ms` is the running maximum of corrected event times. `ahead` maps devices whose clocks ran ahead of the
    broker's to the latest event time they claimed: ids of such events are not kept here, so until that time has left
    the windows, that device's events are checked against what landed. `aged_bucket` is the oldest live bucket when the
    tables' expired entries were last aged.
    """

    rules: WindowRules
    retry: RetryWindow = field(default_factory=RetryWindow)
    rescan: RescanWindow = field(default_factory=RescanWindow)
    ahead: dict[int, int] = field(default_factory=dict)
    watermark_ms: int = 0
    aged_bucket: int = 0

    @property
    def oldest_bucket(self) -> int:
        """Oldest bucket that is kept."""
        return self.watermark_ms // BUCKET_MS - self.rules.buckets

    @property
    def oldest_ms(self) -> int:
        """Start of the oldest bucket that is kept, in ms of event time."""
        return self.oldest_bucket * BUCKET_MS

    def advance(self, watermark_ms: int) -> None:
        """Move the watermark on to `watermark_ms`, if that is later."""
        newest = self.watermark_ms // BUCKET_MS
        self.watermark_ms = max(self.watermark_ms, watermark_ms)
        if self.oldest_bucket - self.aged_bucket > AGED_BUCKETS:
            for table in (self.retry, self.rescan):
                table.age(oldest=self.oldest_bucket, newest=newest)
            self.aged_bucket = self.oldest_bucket

    def make_room(self, events: int) -> None:
        """Prepare both tables for `events` more."""
        for table in (self.retry, self.rescan):
            table.make_room(events=events, oldest=self.oldest_bucket)

    def forget_ahead(self) -> None:
        """Drop devices whose claimed times have left the windows."""
        oldest_ms = self.oldest_ms
        for device in [device for device, until in self.ahead.items() if until < oldest_ms]:
            del self.ahead[device]
