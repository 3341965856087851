"""Read lines from a file descriptor until its end or until told to stop, whichever comes first."""

import os
import select
from collections.abc import Iterator

_CHUNK_BYTES = 65_536
#: More than any QR code holds (7,089 digits).
_MOST_LINE_BYTES = 8_192


class Lines:
    """The lines of a keyboard-wedge scanner: each ends with Enter (CR, LF or both); empty ones are left out.

    `stop` may be called from a signal handler and from any thread: what has been read whole is still given.
    """

    def __init__(self, descriptor: int) -> None:
        """Read from `descriptor`, which stays the caller's."""
        self._input = descriptor
        self._stopped, self._stopper = os.pipe()
        self._kept = b""

    def stop(self) -> None:
        """End the iteration."""
        os.write(self._stopper, b"x")

    def close(self) -> None:
        """Give back what is held."""
        os.close(self._stopped)
        os.close(self._stopper)

    def __iter__(self) -> Iterator[str]:
        """Give each line without its end; what isn't UTF-8 becomes U+FFFD, and too long a line is cut."""
        while True:
            ready, _, _ = select.select([self._input, self._stopped], [], [])
            if self._stopped in ready:
                return
            chunk = os.read(self._input, _CHUNK_BYTES)
            if not chunk:
                yield from _texts([self._kept])
                return
            *whole, self._kept = (self._kept + chunk).replace(b"\r", b"\n").split(b"\n")
            self._kept = self._kept[: _MOST_LINE_BYTES + 1]
            yield from _texts(whole)


def _texts(lines: list[bytes]) -> Iterator[str]:
    for line in lines:
        if line.strip():
            yield line[:_MOST_LINE_BYTES].decode("utf-8", "replace")
