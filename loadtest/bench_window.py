"""What a decision costs, and a live key weighs, as windows hold more and more keys: both should stay the same."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from rich.table import Table

from loadtest import report
from loadtest.progress import Progress
from loadtest.steady_scans import Batch, SteadyScans
from schemas.columns import Columns
from schemas.enums import Verdict

Say = Callable[[str], None]

#: With a tenth of retries, batches of 50,000 events: what a worker gets from a full topic.
_FRESH_PER_BATCH = 45_000
#: A fresh scan is two keys: an id in the retry window, a scan in the re-scan window.
_KEYS_PER_SCAN = 2
_WARM_UP_KEYS = 8_000
_LEAST_PER_STEP = 1_000


class WrongKeys(ValueError):
    """A number of keys can't be spread evenly over the steps, or is too small for a measurement."""


class Window(Protocol):
    """Both windows of one partition, empty at first, which forget in whole steps of event time.

    `deploy` provides them.
    """

    @property
    def step_ms(self) -> int:
        """Length of a step of event time."""

    @property
    def steps(self) -> int:
        """Steps that are live, the newest included."""

    @property
    def size_bytes(self) -> int:
        """Memory that both windows take now."""

    def live_keys(self) -> int:
        """Return how many entries of both windows are live (slow)."""

    def decide(self, columns: Columns, *, logged_ms: int) -> npt.NDArray[np.uint8]:
        """Return the verdicts of scans that follow all before; the broker got them at `logged_ms`."""


@dataclass(slots=True)
class Spent:
    """CPU of some batches, and whether their verdicts were right."""

    events: int = 0
    cpu_seconds: float = 0.0
    wrong: int = 0
    batches_ns: list[float] = field(default_factory=list)

    def decide(self, window: Window, batch: Batch) -> None:
        """Let the window decide a batch; count what it took and each verdict that is not as it must be."""
        before = time.thread_time()
        verdicts = window.decide(batch.columns, logged_ms=batch.newest_ms)
        took = time.thread_time() - before
        self.events += len(verdicts)
        self.cpu_seconds += took
        self.batches_ns.append(took / len(verdicts) * 1e9)
        found = np.bincount(verdicts, minlength=max(Verdict) + 1)
        self.wrong += abs(int(found[Verdict.RETRY]) - batch.retries) + abs(int(found[Verdict.ACCEPTED]) - batch.fresh)

    @property
    def ns_per_event(self) -> float:
        """CPU an event, rebuilds included."""
        return self.cpu_seconds / max(1, self.events) * 1e9


def bench_window(
    new_window: Callable[[], Window], *, keys: Sequence[int], events: int, seed: int, say: Say
) -> dict[str, Any]:
    """Measure windows of each number of live keys, over at least `events` scans, and return the report.

    Each window grows from empty to its keys, and finds its size in the step in which the first one expires; both are
    measured apart. Then scans go on at a steady rate for whole steps, in each of which one expires. `balanced` says
    that every verdict was right and that exactly the keys asked for were live. Raises `WrongKeys` when they can't be
    spread evenly over the steps.
    """
    _measure(new_window(), keys=_WARM_UP_KEYS, events=1, seed=seed, on_progress=lambda _done, _total: None)
    measured = []
    for number in keys:
        window, progress = new_window(), Progress(say, f"{number:,} keys")
        measured.append(_measure(window, keys=number, events=events, seed=seed, on_progress=progress))
        say(f"{number:,} keys: {measured[-1]['ns_per_event']:.0f} ns an event")
    return {
        "windows": with_ratios(measured),
        "balanced": all(window["wrong"] == 0 and window["live_keys"] == window["keys"] for window in measured),
        "seed": seed,
        "machine": report.machine(),
        "versions": report.versions(),
    }


def with_ratios(measured: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the figures with `ratio`: the cost of an event to that of the first."""
    first = measured[0]["ns_per_event"]
    return [{**figures, "ratio": round(figures["ns_per_event"] / first, 2)} for figures in measured]


def batch_sizes(scans: int) -> Iterator[int]:
    """Yield sizes of batches that make up `scans`: full ones, then the rest."""
    full, rest = divmod(scans, _FRESH_PER_BATCH)
    yield from [_FRESH_PER_BATCH] * full
    if rest:
        yield rest


def scans_per_step(keys: int, *, steps: int) -> int:
    """Return how many scans a step makes `keys` live when `steps` are; raise `WrongKeys`."""
    parts = _KEYS_PER_SCAN * steps
    if keys % parts or keys < parts * _LEAST_PER_STEP:
        raise WrongKeys(f"Keys are a multiple of {parts} and at least {parts * _LEAST_PER_STEP}, not {keys}")
    return keys // parts


def _measure(
    window: Window, *, keys: int, events: int, seed: int, on_progress: Callable[[int, int], None]
) -> dict[str, Any]:
    per_step = scans_per_step(keys, steps=window.steps)
    steps = -(-events // per_step)
    scans = SteadyScans(fresh_per_step=per_step, step_ms=window.step_ms, seed=seed)
    filling, settling, steady = Spent(), Spent(), Spent()
    total, weights = per_step * (window.steps + 1 + steps), [0.0]
    for spent in [filling] * window.steps + [settling] + [steady] * steps:
        for size in batch_sizes(per_step):
            size_bytes = window.size_bytes
            spent.decide(window, scans.batch(size))
            on_progress(scans.made, total)
            if spent is not filling and window.size_bytes != size_bytes:  # a rebuild: a key weighs most right after one
                weights.append(window.size_bytes / window.live_keys())
    live_keys = window.live_keys()
    weights.append(window.size_bytes / live_keys)
    return {
        "keys": keys,
        "live_keys": live_keys,
        "events": steady.events,
        "ns_per_event": round(steady.ns_per_event, 1),
        "ns_per_event_median_batch": round(median(steady.batches_ns), 1),
        "ns_per_event_filling": round(filling.ns_per_event, 1),
        "ns_per_event_settling": round(settling.ns_per_event, 1),
        "bytes_per_key": round(weights[-1], 1),
        "bytes_per_key_most": round(max(weights), 1),
        "wrong": filling.wrong + settling.wrong + steady.wrong,
    }


def as_table(figures: Mapping[str, Any]) -> Table:
    """Return the report's figures as a table for people."""
    table = Table(title="ns of CPU an event, bytes a live key")
    for name in ("live keys", "steady", "ratio", "deciding", "filling", "settling", "bytes", "most"):
        table.add_column(name, justify="right")
    for window in figures["windows"]:
        table.add_row(
            f"{window['keys']:,}",
            f"{window['ns_per_event']:.0f}",
            f"{window['ratio']:.2f}",
            f"{window['ns_per_event_median_batch']:.0f}",
            f"{window['ns_per_event_filling']:.0f}",
            f"{window['ns_per_event_settling']:.0f}",
            f"{window['bytes_per_key']:.1f}",
            f"{window['bytes_per_key_most']:.1f}",
        )
    return table
