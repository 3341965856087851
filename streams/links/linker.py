"""Make pseudonyms while keys are rotated, and each person's links once."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from schemas.enums import TokenKind
from schemas.key_ring import KeyRing
from schemas.rotation import KeyLink, Linked, pseudonymise, pseudonymise_plate

#: Some 150 bytes each. A gateway that forgets publishes a link again, which changes nothing.
_MOST_REMEMBERED = 200_000


class Linker:
    """Pseudonyms of a ring's current key, and the links that follow from them. Not for several threads at once."""

    def __init__(self, ring: KeyRing, *, now: Callable[[], datetime], most_remembered: int = _MOST_REMEMBERED) -> None:
        """Take the keys; `now` is aware. `most_remembered` people are not linked again as long as they are seen."""
        self._ring, self._now, self._most = ring, now, most_remembered
        self._linked: OrderedDict[bytes, None] = OrderedDict()
        self._untaken: list[KeyLink] = []

    def subject(self, *, kind: TokenKind, identity: str) -> bytes:
        """Return the current pseudonym of a raw identity, and keep its links for `take` unless they were taken before.

        See schemas/rotation.py. Raises ValueError for an empty identity.
        """
        return self._current(pseudonymise(self._ring, kind=kind, identity=identity, now=self._now()))

    def vehicle(self, *, plate: str) -> bytes:
        """Return the current pseudonym of a number plate, and keep its links as `subject` does a person's."""
        return self._current(pseudonymise_plate(self._ring, plate=plate, now=self._now()))

    def take(self) -> list[KeyLink]:
        """Return the links to publish now. Those that then can't be published are to be told to `forget`."""
        taken, self._untaken = self._untaken, []
        return taken

    def forget(self, subject: bytes) -> None:
        """Link a person again the next time."""
        self._linked.pop(subject, None)

    def _current(self, made: Linked) -> bytes:
        if made.links:
            self._remember(made.subject, made.links)
        return made.subject

    def _remember(self, subject: bytes, links: tuple[KeyLink, ...]) -> None:
        if subject not in self._linked:
            self._untaken.extend(links)
        self._linked[subject] = None
        self._linked.move_to_end(subject)
        if len(self._linked) > self._most:
            self._linked.popitem(last=False)
