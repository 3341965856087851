"""The movement pass a guard has just scanned, until its holder is."""

from dataclasses import dataclass

#: From showing a pass to showing a card. Later it would more likely be the next traveller's card.
HELD_MS = 60_000


@dataclass(slots=True)
class PassInHand:
    """At most one pass; one thread uses it."""

    _pass_id: bytes | None = None
    _since_ms: int = 0

    def hold(self, pass_id: bytes, *, now_ms: int) -> None:
        """Take a pass in hand, in the place of another."""
        self._pass_id, self._since_ms = pass_id, now_ms

    def give(self, *, now_ms: int) -> bytes | None:
        """Return the pass of the person who is scanned now, if one was held in the last minute; then none is."""
        held, self._pass_id = self._pass_id, None
        return held if 0 <= now_ms - self._since_ms <= HELD_MS else None
