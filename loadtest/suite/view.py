"""Show a person at a terminal how far a run is. Nothing here changes what is measured."""

import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from loadtest.draw import Floats
from loadtest.offsets import Offsets
from loadtest.suite.samples import Sample
from loadtest.visibility import Sightings

_EVERY_SECONDS, _LINE_EVERY_SECONDS = 1.0, 10.0


class Sending(Protocol):
    """What is shown of a generator; `Generator` is one.

    `intended_ms` says when each event is to be published, by partition, in order of offset, from `first_offsets` on.
    """

    acked: int
    intended_ms: dict[int, Floats]

    @property
    def first_offsets(self) -> Offsets:
        """Where each partition ended before."""


class View(Protocol):
    """Whoever is told how a run goes."""

    def title(self, text: str) -> None:
        """Tell what is at work from now on."""

    def say(self, line: str) -> None:
        """Show a line that stays."""

    def phase(self, name: str, *, total: int | None) -> None:
        """Begin something that has `total` events to do (None: nobody knows)."""

    def progress(self, done: int, total: int) -> None:
        """Tell how far it is."""

    def live(self, samples: Sequence[Sample], sightings: Sightings, sending: Sending) -> None:
        """Show rates, lag and latency of a load at work."""


class SilentView:
    """Shows lines only."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def title(self, text: str) -> None:
        self._say(text)

    def say(self, line: str) -> None:
        self._say(line)

    def phase(self, name: str, *, total: int | None) -> None:
        self._say(name if total is None else f"{name} {total:,} events")

    def progress(self, done: int, total: int) -> None:
        pass

    def live(self, samples: Sequence[Sample], sightings: Sightings, sending: Sending) -> None:
        pass


class LiveView:
    """A bar with rates, lag and latency on standard error; where that is no terminal, a line every ten seconds."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[figures]}"),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task: TaskID | None = None
        self._title = ""
        self._shown = 0.0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._progress.stop()

    def title(self, text: str) -> None:
        self._title = text
        self.say(text)

    def say(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False)

    def phase(self, name: str, *, total: int | None) -> None:
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._task = self._progress.add_task(name, total=total, figures="")
        if not self._console.is_terminal:
            self.say(f"{self._title}: {name}")

    def progress(self, done: int, total: int) -> None:
        self._update(completed=done, total=total)

    def live(self, samples: Sequence[Sample], sightings: Sightings, sending: Sending) -> None:
        is_terminal = self._console.is_terminal
        if time.monotonic() < self._shown + (_EVERY_SECONDS if is_terminal else _LINE_EVERY_SECONDS):
            return
        self._shown = time.monotonic()
        words = figures(samples, recent_ms(sightings, sending, now_ms=time.time() * 1_000))
        self._update(completed=sending.acked, figures=words)
        if not is_terminal and words:
            self.say(f"    {words}")

    def _update(self, **what: Any) -> None:
        if self._task is not None:
            self._progress.update(self._task, **what)


def figures(samples: Sequence[Sample], latency_ms: Floats) -> str:
    """Return rates of the last second, the lag and the recent p99, in a few words."""
    if len(samples) < 2:
        return ""
    before, last = samples[-2:]
    seconds = max(0.001, last.seconds - before.seconds)
    words = [
        f"in {(last.published - before.published) / seconds:,.0f}/s",
        f"out {(last.landed - before.landed) / seconds:,.0f}/s",
        f"lag {last.lag_events:,}",
    ]
    if len(latency_ms):
        words.append(f"p99 {np.percentile(latency_ms, 99):,.0f} ms")
    return "  ".join(words)


def recent_ms(sightings: Sightings, sending: Sending, *, now_ms: float, seconds: float = 3.0) -> Floats:
    """Return the latency of a part of the events that became visible lately: the newest of each look."""
    found = [np.empty(0)]
    for partition, intended in sending.intended_ms.items():
        newest, seen = (list(each.get((partition, False), ())) for each in (sightings.newest, sightings.seen_ms))
        count = min(len(newest), len(seen))
        rows, at = np.array(newest[:count], np.int64) - sending.first_offsets[partition], np.array(seen[:count])
        fresh = (at > now_ms - seconds * 1_000) & (rows >= 0)
        found.append(at[fresh] - intended[rows[fresh]])
    return np.concatenate(found)
