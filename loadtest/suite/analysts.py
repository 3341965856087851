"""Analysts who read what is being written."""

import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import cycle

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from loadtest.encounters import make_encounters, subject_words
from loadtest.generate import Workload
from loadtest.suite.spec import Analysts
from schemas.zone import VIETNAM

FAILED = "failed"
_ASKED = re.compile(r"\bFROM\s+(\w+)")


def words_of(workload: Workload) -> dict[str, str]:
    """Return what analysts ask about, as SQL: `person` is the first one to be scanned, `place` the most popular one."""
    scenario, fleet = workload.scenario, workload.fleet
    first = make_encounters(scenario, fleet, workload.timeline[:1]).person
    subject = subject_words(seed=scenario.seed, person=first).tobytes().hex().upper()
    return {"person": f"'{subject}'", "place": str(fleet.popularity[scenario.feed.name].place_ids[0])}


def moments(now: datetime) -> dict[str, str]:
    """Return the words for times, as SQL: `day` is the day in Vietnam, the others are UTC."""
    said = {"now": now, "hour_ago": now - timedelta(hours=1), "day_ago": now - timedelta(days=1)}
    return {
        "day": f"'{now.astimezone(VIETNAM):%Y-%m-%d}'",
        **{name: f"'{at:%Y-%m-%d %H:%M:%S}'" for name, at in said.items()},
    }


def filled_in(query: str, words: Mapping[str, str]) -> str:
    """Return the query with each {word} replaced that there is; other braces are the query's own."""
    for name, word in words.items():
        query = query.replace(f"{{{name}}}", word)
    return query


def name_of(number: int, query: str) -> str:
    """Return what to call a query: its number from 1 on, and the first table or view it asks."""
    asked = _ASKED.search(query)
    return f"{number} {asked[1]}" if asked else f"{number}"


class AnalystLoad:
    """Readers in threads, each with a client of its own; `milliseconds` keep how long each query took.

    A query that failed counts under "failed". Queries are about `words`, and about the moment they are asked.
    """

    def __init__(self, wanted: Analysts, new_client: Callable[[], Client], *, words: Mapping[str, str]) -> None:
        """Connect the readers. Call it in the main thread."""
        self._wanted, self._words = wanted, words
        self._took: dict[str, list[float]] = defaultdict(list)
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._read, args=(new_client(), number), name=f"analyst-{number}", daemon=True)
            for number in range(wanted.readers)
        ]

    @property
    def milliseconds(self) -> Mapping[str, Sequence[float]]:
        """How long the queries took, by `name_of`, in the scenario's order."""
        names = [name_of(*each) for each in enumerate(self._wanted.queries, 1)]
        return {name: self._took[name] for name in [*names, FAILED] if name in self._took}

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
            name = name_of(which, query)
            try:
                client.query(filled_in(query, {**self._words, **moments(datetime.now(UTC))}))
            except (ClickHouseError, OSError):
                name = FAILED
            self._took[name].append((time.monotonic() - began) * 1_000)
            if self._over.wait(self._wanted.pause_seconds):
                return
