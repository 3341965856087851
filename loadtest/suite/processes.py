"""CPU time and memory of groups of processes, also of those that come and go."""

from collections.abc import Iterable, Mapping

import psutil


class ProcessMeter:
    """Counts what the processes of each group have used since the first reading, whether they still run or not.

    A process seen later counts from its birth.
    """

    def __init__(self) -> None:
        self._first: dict[tuple[str, int], float] = {}
        self._last: dict[tuple[str, int], float] = {}
        self._known: dict[int, psutil.Process] = {}
        self._has_begun = False

    def read(self, groups: Mapping[str, Iterable[int]]) -> tuple[dict[str, float], dict[str, int]]:
        """Return CPU seconds and resident bytes of each group; without child processes, which ours don't have.

        What a process used that ended since the last reading is lost: at most a period's worth.
        """
        resident = dict.fromkeys(groups, 0)
        for name, pids in groups.items():
            for pid in pids:
                resident[name] += self._read(name, pid)
        self._has_begun = True
        seconds = dict.fromkeys(groups, 0.0)
        for (name, pid), last in self._last.items():
            seconds[name] = seconds.get(name, 0.0) + last - self._first[name, pid]
        return seconds, resident

    def _read(self, name: str, pid: int) -> int:
        try:
            process = self._known.setdefault(pid, psutil.Process(pid))
            spent = process.cpu_times()
            resident = int(process.memory_info().rss)
        except psutil.NoSuchProcess:
            return 0
        seconds = spent.user + spent.system
        self._first.setdefault((name, pid), 0.0 if self._has_begun else seconds)
        self._last[name, pid] = seconds
        return resident
