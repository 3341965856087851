"""The state of one source partition's windows: what decides the next event besides the event itself."""

from dataclasses import dataclass, field

from streams.window.rescan import RescanWindow
from streams.window.retry import RetryWindow
from streams.window.rules import BUCKET_MS, WindowRules


@dataclass(slots=True)
class WindowState:
    """Windows of one partition after some prefix of its events; depends on nothing else.

    `watermark_ms` is the running maximum of corrected event times. `ahead` maps devices whose clocks ran ahead of the
    broker's to the latest event time they claimed: ids of such events are not kept here, so until that time has left
    the windows, that device's events are checked against what landed.
    """

    rules: WindowRules
    retry: RetryWindow = field(default_factory=RetryWindow)
    rescan: RescanWindow = field(default_factory=RescanWindow)
    ahead: dict[int, int] = field(default_factory=dict)
    watermark_ms: int = 0

    @property
    def oldest_bucket(self) -> int:
        """Oldest bucket that is kept."""
        return self.watermark_ms // BUCKET_MS - self.rules.buckets

    @property
    def oldest_ms(self) -> int:
        """Start of the oldest bucket that is kept, in ms of event time."""
        return self.oldest_bucket * BUCKET_MS

    def make_room(self, events: int) -> None:
        """Prepare both tables for `events` more."""
        self.retry.make_room(events=events, oldest=self.oldest_bucket)
        self.rescan.make_room(events=events, oldest=self.oldest_bucket)

    def forget_ahead(self) -> None:
        """Drop devices whose claimed times have left the windows."""
        oldest_ms = self.oldest_ms
        for device in [device for device, until in self.ahead.items() if until < oldest_ms]:
            del self.ahead[device]
