"""Messages of a partition whose rows the sink has to decide: they wait for a lookup, and others land meanwhile."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace

from schemas.landing import LandingMessage
from sinks.lookups import SharedLookups
from sinks.record import Record

#: A landing record without its bytes, and its message.
Held = tuple[Record, LandingMessage]
#: Return the messages with their checked rows decided, by one lookup; it may take as long as the store is away.
Decide = Callable[[Sequence[LandingMessage]], list[LandingMessage]]

#: With so many messages behind those a lookup is made for, whoever brings more waits for its answer.
_MOST_WAITING = 32


class Undecided:
    """Holds messages in the order of the log until what they lack is known; one thread at a time calls it.

    A lookup is made in a thread of `pool` for all that wait when it is due; there is one at a time. What comes
    meanwhile waits for the next one. A message that has nothing to be decided waits only for those before it.
    """

    def __init__(self, *, decide: Decide, lookups: SharedLookups, pool: Executor) -> None:
        """Begin with none."""
        self._decide, self._lookups, self._pool = decide, lookups, pool
        self._asked: list[Held] = []
        self._answer: Future[list[LandingMessage]] | None = None
        self._waiting: list[Held] = []
        self._since = 0.0

    @property
    def first_offset(self) -> int | None:
        """Landing offset of the first message here; None if there is none."""
        held = self._asked or self._waiting
        return held[0][0].offset if held else None

    @property
    def due(self) -> bool:
        """True if an answer has come, or a lookup is to be made."""
        if self._answer:
            return self._answer.done()
        return bool(self._waiting) and self._lookups.is_due(waiting_since=self._since)

    def put(self, record: Record, message: LandingMessage) -> None:
        """Add the next message of the log."""
        if not self._waiting:
            self._since = self._lookups.clock()
        self._waiting.append((replace(record, value=None), message))

    def take(self) -> list[Held]:
        """Return the messages that are decided by now, in order; raise what the lookup raised."""
        return self._answered() + self._plain()

    def ask(self) -> None:
        """Make a lookup if one is due; all that `take` returned must have landed, as it looks among what has."""
        if self._waiting and not self._answer and (self.due or len(self._waiting) > _MOST_WAITING):
            self._asked, self._waiting = self._waiting, []
            self._answer = self._pool.submit(self._decide, [message for _, message in self._asked])

    def _answered(self) -> list[Held]:
        if not self._answer or not (self._answer.done() or len(self._waiting) > _MOST_WAITING):
            return []
        decided = self._answer.result()
        taken, self._asked, self._answer = self._asked, [], None
        return [(record, message) for (record, _), message in zip(taken, decided, strict=True)]

    def _plain(self) -> list[Held]:
        """Take out the messages before the first one that has something to be decided."""
        if self._asked:
            return []
        ready = next((at for at, (_, message) in enumerate(self._waiting) if message.checked), len(self._waiting))
        taken, self._waiting = self._waiting[:ready], self._waiting[ready:]
        return taken
