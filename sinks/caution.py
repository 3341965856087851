"""When to compare what was inserted with what is in the table."""

from collections.abc import Callable

#: Requests that were on their way when something failed are over by then, also a paused sink's: a server waits 30 s
#: for the rest of a request, and the fence against pauses breaks after seconds.
CAUTION_SECONDS = 60.0


class Caution:
    """Remembers that a request failed, after which a token's word alone is not enough. Threads share one.

    ClickHouse writes an insert's token into its log before the rows are in place (MergeTreeSink::commitPart); a
    server that dies between the two drops the repeated insert as a duplicate. A sink at work can't miss that its
    server died: its requests fail. For a while after it looks up the rows themselves, of all partitions: a paused
    sink may have had an insert on its way for any of them.
    """

    def __init__(self, clock: Callable[[], float], seconds: float = CAUTION_SECONDS) -> None:
        """Take a monotonic clock in seconds. Nothing has happened yet."""
        self._clock = clock
        self._seconds = seconds
        self._until = float("-inf")

    def alarm(self) -> None:
        """Be careful for a while from now on."""
        self._until = self._clock() + self._seconds

    @property
    def active(self) -> bool:
        """True while rows have to be compared."""
        return self._clock() < self._until
