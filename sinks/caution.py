"""When to compare what was inserted with what is in the table."""

from collections.abc import Callable

#: Requests sent before a crash of the server, or by a paused sink before it noticed, are over by then: twice the
#: time a server waits for the rest of a request is 60 s, the fence against pauses 5 s.
CAUTION_SECONDS = 60.0


class Caution:
    """Remembers that something happened after which a token's word alone is not enough. Threads share one.

    ClickHouse writes an insert's token into its log before the rows are in place (MergeTreeSink::commitPart); a
    server that dies between the two drops the repeated insert as a duplicate. So after an assignment or a failure the
    rows themselves are looked up.
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
