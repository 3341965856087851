"""CPU time of the processes of a run, and what it comes to an event."""

from collections.abc import Iterable, Mapping

import psutil

#: Components whose cost is ours to answer for; the broker is reported beside them.
_NAMES = ("worker", "sink", "clickhouse", "gateway", "broker")


def cpu_seconds(pid: int) -> float:
    """Return user and system time of a process and its children, living and reaped; 0 if it has ended."""
    try:
        process = psutil.Process(pid)
        times = [process.cpu_times(), *(child.cpu_times() for child in process.children(recursive=True))]
    except psutil.NoSuchProcess:
        return 0.0
    return sum(spent.user + spent.system + spent.children_user + spent.children_system for spent in times)


class CpuMeter:
    """Measures what named groups of processes use from now on."""

    def __init__(self, pids: Mapping[str, Iterable[int]]) -> None:
        self._pids = {name: tuple(group) for name, group in pids.items()}
        self._before = self._read()

    def seconds(self) -> dict[str, float]:
        """Return the CPU seconds of each group since the start."""
        return {name: seconds - self._before[name] for name, seconds in self._read().items()}

    def _read(self) -> dict[str, float]:
        return {name: sum(map(cpu_seconds, group)) for name, group in self._pids.items()}


def cpu_us_per_event(seconds: Mapping[str, float], *, events: int) -> dict[str, float]:
    """Return microseconds an event for every component (0 where it did not run) and their sum without the broker."""
    each = {name: round(seconds.get(name, 0.0) / max(1, events) * 1e6, 3) for name in _NAMES}
    return each | {"total_without_broker": round(sum(each.values()) - each["broker"], 3)}
