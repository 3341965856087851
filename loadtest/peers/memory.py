"""The largest memory of some processes while they run."""

import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

import psutil

_PERIOD_SECONDS = 0.25


class PeakMemory:
    """Look at processes and their children four times a second while the block runs; `bytes` is the largest sum."""

    def __init__(self, pids: Callable[[], Iterable[int]]) -> None:
        self.bytes = 0
        self._pids = pids
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_PERIOD_SECONDS):
            self.bytes = max(self.bytes, sum(map(_resident_bytes, list(self._pids()))))


def _resident_bytes(pid: int) -> int:
    try:
        process = psutil.Process(pid)
        return sum(int(each.memory_info().rss) for each in (process, *process.children(recursive=True)))
    except psutil.NoSuchProcess:
        return 0
