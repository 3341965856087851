"""Analysts who read what is being written."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import cycle

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from loadtest.suite.spec import Analysts

FAILED = "failed"


class AnalystLoad:
    """Readers in threads, each with a client of its own; `milliseconds` keep how long each query took.

    A query that failed counts under "failed".
    """

    def __init__(self, wanted: Analysts, new_client: Callable[[], Client]) -> None:
        """Connect the readers. Call it in the main thread."""
        self._wanted = wanted
        self._took: dict[str, list[float]] = defaultdict(list)
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._read, args=(new_client(), number), name=f"analyst-{number}", daemon=True)
            for number in range(wanted.readers)
        ]

    @property
    def milliseconds(self) -> Mapping[str, Sequence[float]]:
        """How long the queries took, by their number in the scenario, from "query 1" on."""
        return dict(self._took)

    def start(self) -> None:
        """Start asking."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let everybody finish the query they are at. Safe to repeat."""
        self._over.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def _read(self, client: Client, number: int) -> None:
        queries = list(enumerate(self._wanted.queries, 1))
        first = number % len(queries)
        for which, query in cycle(queries[first:] + queries[:first]):
            began = time.monotonic()
            name = f"query {which}"
            try:
                client.query(query)
            except (ClickHouseError, OSError):
                name = FAILED
            self._took[name].append((time.monotonic() - began) * 1_000)
            if self._over.wait(self._wanted.pause_seconds):
                return
