"""Where the guard's side learns what became of a scan that the sender's side has just sent."""

import threading
import uuid
from collections.abc import Sequence

from streams.device.sender import Settled


class Board:
    """Scans somebody waits for, and what became of them. One thread waits for one scan at a time."""

    def __init__(self) -> None:
        """Begin with none."""
        self._changed = threading.Condition()
        self._awaited: uuid.UUID | None = None
        self._settled: Settled | None = None
        self._hopeless = False

    def expect(self, scan_id: uuid.UUID) -> None:
        """Say that this scan will be waited for; before it can be sent."""
        with self._changed:
            self._awaited, self._settled, self._hopeless = scan_id, None, False

    def settle(self, done: Sequence[Settled]) -> list[Settled]:
        """Tell the one who waits, and return those nobody waits for."""
        with self._changed:
            mine = [one for one in done if one.scan.scan_id == self._awaited]
            if mine:
                self._settled = mine[0]
                self._changed.notify()
            return [one for one in done if one not in mine]

    def give_up(self) -> None:
        """Let the one who waits go: nothing can be sent now."""
        with self._changed:
            self._hopeless = True
            self._changed.notify()

    def wait(self, *, seconds: float) -> Settled | None:
        """Return what became of the expected scan, or None if that isn't known in time. Then nobody waits for it."""
        with self._changed:
            self._changed.wait_for(lambda: self._settled is not None or self._hopeless, seconds)
            self._awaited = None
            return self._settled
