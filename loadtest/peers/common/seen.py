"""Ids seen within a window, in memory: two generations, of which the older is forgotten as a whole."""

#: How long a scan sent again counts as a duplicate, by the broker's time.
WINDOW_MS = 600_000


class Seen:
    """Ids of one source partition. Remembers each for at least `WINDOW_MS`, and at most twice as long."""

    def __init__(self) -> None:
        self._young: set[bytes] = set()
        self._old: set[bytes] = set()
        self._since_ms = 0

    def copy(self) -> "Seen":
        """Return one that knows the same and goes its own way."""
        twin = Seen()
        twin._young, twin._old, twin._since_ms = self._young.copy(), self._old.copy(), self._since_ms
        return twin

    def is_new(self, scan_id: bytes, now_ms: int) -> bool:
        """Say whether an id has not been seen, and remember it; `now_ms` must not go back."""
        if now_ms - self._since_ms > WINDOW_MS:
            self._old, self._young, self._since_ms = self._young, set(), now_ms
        if scan_id in self._young or scan_id in self._old:
            return False
        self._young.add(scan_id)
        return True
