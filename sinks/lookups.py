"""Put the lookups of several partitions into one request: what a lookup costs depends little on how much it asks."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from sinks.check import Lookup
from sinks.scans import Scans

#: Answers lookups, one each, in order.
Ask = Callable[[Sequence[Lookup]], Sequence[Scans]]

#: A small lookup takes 15 ms of CPU, one ten times as large 40. Partitions whose rows have waited for a lookup ask
#: within a turn of the main thread.
LINGER_SECONDS = 0.03
#: After a request none is due for so many times what it took, so that lookups take a fifth of the time at most, and
#: for so long at most, which is what rows that have to be decided wait.
_PAUSES, _MOST_PAUSE_SECONDS = 4, 0.5
#: Whoever has waited for so long does not wait for a turn.
MOST_WAIT_SECONDS = 1.0


@dataclass(slots=True)
class SharedLookups:
    """Gathers lookups of many threads; whoever comes first asks for all that came meanwhile.

    Each request waits `linger_seconds` for company (`wait` sleeps), and there is one at a time. A request that fails
    fails for all who shared it, and each may come again. Who can wait asks when a lookup `is_due`; `clock` is in
    seconds.
    """

    ask: Ask
    wait: Callable[[float], object]
    clock: Callable[[], float]
    linger_seconds: float = LINGER_SECONDS
    _due_at: float = field(default=float("-inf"), init=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, init=False)
    _guard: threading.Lock = field(default_factory=threading.Lock, init=False)
    _waiting: list[tuple[Lookup, Future[Scans]]] = field(default_factory=list, init=False)

    def is_due(self, *, waiting_since: float) -> bool:
        """Tell whether a lookup that waits since then should be made now.

        It should when no request is under way and enough time has passed since the last one, and once it has waited
        for `MOST_WAIT_SECONDS`: a partition that is busy each time would miss every turn.
        """
        return self.clock() >= min(self._due_at, waiting_since + MOST_WAIT_SECONDS)

    @property
    def waiting(self) -> int:
        """How many lookups the next request would have."""
        return len(self._waiting)

    def find(self, lookup: Lookup) -> Scans:
        """Return the answer to `lookup`; raise what the request raised."""
        mine: Future[Scans] = Future()
        with self._guard:
            self._waiting.append((lookup, mine))
        with self._turn:
            if not mine.done():
                self._ask_for_all()
        return mine.result()

    def _ask_for_all(self) -> None:
        self.wait(self.linger_seconds)
        with self._guard:
            taken, self._waiting = self._waiting, []
        began, self._due_at = self.clock(), float("inf")
        try:
            answers = self.ask([lookup for lookup, _ in taken])
        except BaseException as failure:  # noqa: BLE001 -- everyone who shares the request raises it
            for _, waiting in taken:
                waiting.set_exception(failure)
            return
        finally:
            self._due_at = self.clock() + min(_PAUSES * (self.clock() - began), _MOST_PAUSE_SECONDS)
        for (_, waiting), answer in zip(taken, answers, strict=True):
            waiting.set_result(answer)
