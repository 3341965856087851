"""Look at the running system once a second: the only part of a measurement that asks while it lasts."""

import contextlib
import os
import threading
import time
from collections.abc import Callable

from clickhouse_connect.driver.exceptions import ClickHouseError

from loadtest.footprint import machine_seconds
from loadtest.ledger import Asks, read_marks
from loadtest.offsets import Offsets
from loadtest.suite.processes import ProcessMeter
from loadtest.suite.samples import OTHERS, Sample
from loadtest.system import ROLES, System
from schemas.kinds import Feed

_PERIOD_SECONDS = 1.0
_PARTS = "SELECT count() FROM system.parts WHERE active AND database = currentDatabase() AND table = {table:String}"


class Sampler:
    """Samples in a thread of its own until it is stopped; `samples` grow meanwhile.

    `published` tells how many events the broker has acknowledged. While ClickHouse does not answer, or has nothing to
    say, the last figures are repeated.
    """

    def __init__(
        self,
        system: System,
        feed: Feed,
        *,
        first_offsets: Offsets,
        published: Callable[[], int],
        generator_pid: int | None,
    ) -> None:
        self.samples: list[Sample] = []
        self._system, self._feed, self._client = system, feed, system.clickhouse()
        self._first_offsets, self._published = first_offsets, published
        self._own = {"observer": (os.getpid(),), "generator": (generator_pid,) if generator_pid else ()}
        self._groups: dict[str, tuple[int, ...]] = {}
        self._meter = ProcessMeter()
        self._machine_seconds = machine_seconds()
        self._start_ms = 0.0
        self._landed, self._parts = 0, 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sample", daemon=True)
        self._take_first()

    def start(self, *, start_ms: float) -> None:
        """Sample from `start_ms` (UTC) on."""
        self._start_ms = start_ms
        self._thread.start()

    def stop(self) -> None:
        """Take a last sample and return."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
            self.samples.append(self._take())

    def _run(self) -> None:
        number = 0
        while not self._over.wait(max(0.0, self._start_ms / 1_000 + number * _PERIOD_SECONDS - time.time())):
            self.samples.append(self._take())
            number = int((time.time() - self._start_ms / 1_000) / _PERIOD_SECONDS) + 1

    def _take_first(self) -> None:
        self._meter.read(self._processes())

    def _processes(self) -> dict[str, tuple[int, ...]]:
        # The main thread may be starting or ending one right now; then the next look sees it.
        with contextlib.suppress(RuntimeError):
            self._groups = {role: tuple(self._system.pids(role)) for role in ROLES}
        return {**self._groups, **self._own}

    def _take(self) -> Sample:
        published = self._published()
        self._ask(self._client)
        seconds, resident = self._meter.read(self._processes())
        return Sample(
            seconds=round(time.time() - self._start_ms / 1_000, 3),
            published=published,
            landed=self._landed,
            active_parts=self._parts,
            cpu_seconds={**seconds, OTHERS: machine_seconds() - self._machine_seconds - sum(seconds.values())},
            rss_bytes=resident,
        )

    def _ask(self, client: Asks) -> None:
        try:
            marks = read_marks(client, self._feed)
            parts = client.query(_PARTS, {"table": self._feed.table})
        except (ClickHouseError, OSError):
            return
        if not parts.result_rows:  # with a full disk its answers can be empty, the ledger's too
            return
        first = self._first_offsets
        landed = sum(max(0, mark - first.get(partition, 0)) for partition, mark in marks.items())
        self._landed = max(self._landed, landed)
        self._parts = int(parts.result_rows[0][0])
