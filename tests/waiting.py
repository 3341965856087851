"""Wait for what other processes and threads do, and fail where it never happens."""

import asyncio
import time
from collections.abc import Callable

_POLL_SECONDS = 0.02


def until(condition: Callable[[], bool], *, seconds: float = 60.0, why: str = "") -> None:
    """Return once a condition holds; fail after so many seconds, and say `why` it was waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {seconds:.0f} s: {why}"
        time.sleep(_POLL_SECONDS)


async def until_async(condition: Callable[[], bool], *, seconds: float = 60.0, why: str = "") -> None:
    """Do as `until`, while the event loop goes on."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {seconds:.0f} s: {why}"
        await asyncio.sleep(_POLL_SECONDS)
