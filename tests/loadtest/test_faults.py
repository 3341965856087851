"""Each fault hurts somebody, and leaves the processes that were there, and all else as it was."""

import random
import signal
from pathlib import Path
from types import MappingProxyType
from typing import cast

import numpy as np
import pytest

from loadtest.clock import Clock
from loadtest.disk import Disk
from loadtest.faults import FAULTS, needs_of
from loadtest.offsets import CouldNotCheck
from loadtest.proxy import Proxy
from loadtest.surroundings import LINKS, Surroundings
from loadtest.system import Role
from loadtest.timeline import MALFORMED
from tests.loadtest.fake_system import FakeSystem
from tests.loadtest.scenarios import rough_workload

_EVERYTHING: list[tuple[Role, int]] = [("worker", 0), ("sink", 0), ("clickhouse", 0), ("broker", 0)]
_SECONDS = 12.0


class _Thing:
    """A proxy, disk or clock that notes what is done to it."""

    def __init__(self, name: str, diary: list[str]) -> None:
        self._name, self._diary = name, diary

    def __getattr__(self, verb: str) -> object:
        def note(*values: object, **more: object) -> None:
            self._diary.append(" ".join(map(str, (self._name, verb, *values, *more.values()))))

        return note


class _Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def monotonic(self) -> float:
        self.seconds += 0.1  # who asks again and again gets on, too
        return self.seconds


@pytest.fixture(name="clock", autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    clock = _Clock()
    for module in ("fault", "fault_processes", "fault_surroundings"):
        monkeypatch.setattr(f"loadtest.{module}.time", clock)
    return clock


@pytest.fixture(name="signals", autouse=True)
def _signals(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Let no signal out; return those that would have been sent."""
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr("loadtest.fault_processes.os.kill", lambda pid, number: sent.append((pid, number)))
    return sent


@pytest.fixture(name="diary")
def _diary() -> list[str]:
    return []


@pytest.fixture(name="system")
def _system(diary: list[str]) -> FakeSystem:
    proxies = {link: cast("Proxy", _Thing(link, diary)) for link in LINKS}
    surroundings = Surroundings(
        proxies=MappingProxyType(proxies),
        clickhouse_disk=cast("Disk", _Thing("disk", diary)),
        broker_clock=cast("Clock", _Thing("clock", diary)),
    )
    return FakeSystem(running=_EVERYTHING, surroundings=surroundings)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_hurts_and_leaves_the_same_processes(
    name: str, system: FakeSystem, signals: list[tuple[int, int]], diary: list[str]
) -> None:
    for seed in range(5):
        FAULTS[name](system, random.Random(seed))
        assert sorted(system.running) == sorted(_EVERYTHING)
    timeline = rough_workload().timeline
    assert system.done or signals or diary or len(FAULTS[name].shape(timeline, _SECONDS)) > len(timeline)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_lasts_as_long_as_it_is_told(name: str, system: FakeSystem, clock: _Clock) -> None:
    FAULTS[name](system, random.Random(1), seconds=_SECONDS)
    assert _SECONDS <= clock.seconds <= _SECONDS + 10


@pytest.mark.parametrize("name", [name for name in FAULTS if name.startswith("pause")])
def test_a_paused_process_goes_on_afterwards(name: str, system: FakeSystem, signals: list[tuple[int, int]]) -> None:
    FAULTS[name](system, random.Random(1))
    (paused, stop), (continued, go_on) = signals
    assert paused == continued
    assert (stop, go_on) == (signal.SIGSTOP, signal.SIGCONT)


def test_a_killed_pair_is_down_at_the_same_time(system: FakeSystem) -> None:
    FAULTS["kill broker and worker"](system, random.Random(1))
    assert system.done == ["kill broker 0", "kill worker 0", "start broker 0", "start worker 0"]


@pytest.mark.parametrize(
    ("name", "done"),
    [
        ("cut sink-broker", ["sink-broker cut", "sink-broker heal"]),
        ("slow worker-broker", ["worker-broker slow_down 0.1 4000000.0", "worker-broker slow_down"]),
        ("full clickhouse disk", ["disk fill 134217728", "disk fill", "disk free"]),
        ("slow clickhouse disk", ["disk slow_down", "disk speed_up"]),
        ("clock jump", ["clock shift 3600", "clock shift 0", "clock shift -3600", "clock shift 0"]),
    ],
)
def test_what_a_fault_does_is_undone(name: str, done: list[str], system: FakeSystem, diary: list[str]) -> None:
    FAULTS[name](system, random.Random(1))
    assert diary == done


def test_a_cut_heals_also_when_it_is_interrupted(
    system: FakeSystem, diary: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("loadtest.fault.time.sleep", interrupted, raising=False)
    with pytest.raises(KeyboardInterrupt):
        FAULTS["cut sink-clickhouse"](system, random.Random(1))
    assert diary == ["sink-clickhouse cut", "sink-clickhouse heal"]


@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if fault.needs])
def test_without_what_it_needs_a_fault_could_not_be_checked(name: str) -> None:
    with pytest.raises(CouldNotCheck):
        FAULTS[name](FakeSystem(running=_EVERYTHING), random.Random(1))


def test_a_storm_brings_workers_in_and_takes_them_away_in_order_and_by_force(system: FakeSystem) -> None:
    for seed in range(5):
        FAULTS["rebalance storm"](system, random.Random(seed))
    assert {"start worker 1", "start worker 2", "stop worker 1", "kill worker 1"} <= set(system.done)
    assert not any(step.endswith("worker 0") for step in system.done)


def test_a_flood_is_malformed_events_five_for_each_and_changes_no_other() -> None:
    timeline = rough_workload().timeline
    flooded = FAULTS["poison flood"].shape(timeline, 20.0)
    added = flooded[np.flatnonzero(flooded.scan > timeline.scan.max())]
    meanwhile = np.count_nonzero((timeline.publish_us >= 7e6) & (timeline.publish_us < 27e6))
    assert len(added) == 5 * meanwhile
    assert added.is_any(MALFORMED).all()
    assert added.publish_us.min() >= 7e6
    assert added.publish_us.max() < 27e6
    assert (flooded.publish_us[flooded.scan <= timeline.scan.max()] == timeline.publish_us).all()
    assert (flooded.publish_us[1:] >= flooded.publish_us[:-1]).all()


def test_ten_rounds_kill_pause_and_scale_and_need_nothing_around_them() -> None:
    first_ten = list(FAULTS)[:10]
    assert {"kill worker", "kill sink", "kill clickhouse", "kill broker", "scale workers 1, 2, 1"} <= set(first_ten)
    assert any(name.startswith("pause") for name in first_ten)
    assert needs_of(first_ten) == frozenset()


def test_every_link_is_cut_by_a_fault() -> None:
    assert {link for link in LINKS if f"cut {link}" in FAULTS} == set(LINKS)


def test_every_fault_is_in_the_document() -> None:
    document = (Path(__file__).parents[2] / "docs" / "faults.md").read_text("utf-8")
    assert [name for name in FAULTS if f"`{name}`" not in document] == []
