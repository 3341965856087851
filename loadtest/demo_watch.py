"""Let the watch look at what a demonstration left: it starts when all has landed, so it slows nothing that is shown."""

import time
from collections.abc import Callable

from loadtest.scrape import Scrape, scrape
from loadtest.system import WATCH, System
from schemas import metrics

_PATIENCE_SECONDS = 30.0
_STEP_SECONDS = 0.2


def look_back(
    system: System,
    *,
    rules: int,
    read: Callable[[System], Scrape] = lambda system: scrape(system.metrics_urls(WATCH)),
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Start the watch, wait until each of its `rules` has had a turn, and end it: then it publishes nothing more.

    It is ended after half a minute, too: a long demonstration gives it much to tell of, and shows what it told of by
    then. Raises what `System.start` does.
    """
    system.start(WATCH)
    try:
        deadline = now() + _PATIENCE_SECONDS
        while now() < deadline and len(read(system).by_label(metrics.WATCH_RUNS, "rule")) < rules:
            sleep(_STEP_SECONDS)
    finally:
        system.stop(WATCH)
