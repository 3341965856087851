"""Make pseudonyms while keys are rotated, and each person's links once."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from schemas.enums import TokenKind
from schemas.key_ring import KeyRing
from schemas.rotation import Linked, pseudonymise

#: Some 150 bytes each. A gateway that forgets publishes a link again, which changes nothing.
_MOST_REMEMBERED = 200_000


class Linker:
    """Pseudonyms of a ring's current key. Not for several threads at once."""

    def __init__(self, ring: KeyRing, *, now: Callable[[], datetime], most_remembered: int = _MOST_REMEMBERED) -> None:
        """Take the keys; `now` is aware. `most_remembered` people are not linked again as long as they are seen."""
        self._ring, self._now, self._most = ring, now, most_remembered
        self._linked: OrderedDict[bytes, None] = OrderedDict()

    def pseudonymise(self, *, kind: TokenKind, identity: str) -> Linked:
        """Return the current pseudonym, and its links unless they were returned before; see schemas/rotation.py.

        Whoever can't publish the links calls `forget`, so that they come again. Raises ValueError for an empty
        identity.
        """
        made = pseudonymise(self._ring, kind=kind, identity=identity, now=self._now())
        if not made.links:
            return made
        known = made.subject in self._linked
        self._linked[made.subject] = None
        self._linked.move_to_end(made.subject)
        if len(self._linked) > self._most:
            self._linked.popitem(last=False)
        return replace(made, links=()) if known else made

    def forget(self, subject: bytes) -> None:
        """Return a person's links again the next time."""
        self._linked.pop(subject, None)
