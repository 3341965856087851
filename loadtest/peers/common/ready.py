"""Tell the bench that a peer's process has begun to work."""

import sys

#: The line on standard output.
READY = "PEER READY"


def say_ready() -> None:
    """Say it once: call it when the first events have come."""
    sys.stdout.write(READY + "\n")
    sys.stdout.flush()
