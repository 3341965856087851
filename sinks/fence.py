"""Leave to write a partition, and its end: revoked by Kafka, or lost in a pause of the process."""

import threading
from collections.abc import Callable

from sinks.errors import Abandoned


class Fence:
    """Notices that the process was paused so long that Kafka may have given its partitions away.

    One thread beats; every thread checks before it sends something. A gap breaks the fence until it is renewed, so
    that no thread can slip through between the pause and its discovery.
    """

    def __init__(self, clock: Callable[[], float], most_seconds: float) -> None:
        """Take a monotonic clock in seconds, and the longest gap between two beats."""
        self._clock, self._most_seconds = clock, most_seconds
        self.renew()

    def renew(self) -> None:
        """Begin anew, as a member who owns nothing yet."""
        self._last, self._broken = self._clock(), False

    def beat(self) -> bool:
        """Say that the process runs; return False, from now on, if it did not run for too long."""
        now = self._clock()
        self._broken = self._broken or now - self._last > self._most_seconds
        self._last = now
        return not self._broken

    def check(self) -> None:
        """Raise Abandoned if the fence is broken or about to be found so."""
        if self._broken or self._clock() - self._last > self._most_seconds:
            raise Abandoned("this process was paused; another sink may have taken over")


class Permit:
    """Leave to write a partition, or the ledger, until it is dropped or the fence breaks."""

    def __init__(self, fence: Fence) -> None:
        """Begin now."""
        self._fence = fence
        self._dropped = threading.Event()

    @property
    def dropped(self) -> bool:
        """True once the partition is no longer this sink's."""
        return self._dropped.is_set()

    def drop(self) -> None:
        """End it."""
        self._dropped.set()

    def check(self) -> None:
        """Raise Abandoned when it has ended."""
        if self._dropped.is_set():
            raise Abandoned("this sink lost the partition or was told to stop")
        self._fence.check()

    def wait(self, seconds: float) -> None:
        """Sleep, but no longer than the permit lasts."""
        self._dropped.wait(seconds)
