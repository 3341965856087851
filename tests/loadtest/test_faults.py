"""Each fault hurts somebody and leaves the processes that were there."""

import random
import signal

import pytest

from loadtest.faults import FAULTS
from loadtest.system import Role
from tests.loadtest.fake_system import FakeSystem

_EVERYTHING: list[tuple[Role, int]] = [("worker", 0), ("sink", 0), ("clickhouse", 0), ("broker", 0)]


@pytest.fixture(name="signals", autouse=True)
def _signals(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Let no time pass and no signal out; return the signals that would have been sent."""
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr("loadtest.faults.time.sleep", lambda _seconds: None)
    monkeypatch.setattr("loadtest.faults.os.kill", lambda pid, number: sent.append((pid, number)))
    return sent


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_hurts_and_leaves_the_same_processes(name: str, signals: list[tuple[int, int]]) -> None:
    system = FakeSystem(running=_EVERYTHING)
    FAULTS[name](system, random.Random(1))
    assert sorted(system.running) == sorted(_EVERYTHING)
    assert system.done or signals


@pytest.mark.parametrize("name", [name for name in FAULTS if name.startswith("pause")])
def test_a_paused_process_goes_on_afterwards(name: str, signals: list[tuple[int, int]]) -> None:
    FAULTS[name](FakeSystem(running=_EVERYTHING), random.Random(1))
    (paused, stop), (continued, go_on) = signals
    assert paused == continued
    assert (stop, go_on) == (signal.SIGSTOP, signal.SIGCONT)


def test_a_killed_pair_is_down_at_the_same_time() -> None:
    system = FakeSystem(running=_EVERYTHING)
    FAULTS["kill broker and worker"](system, random.Random(1))
    assert system.done == ["kill broker 0", "kill worker 0", "start broker 0", "start worker 0"]


def test_ten_rounds_kill_pause_and_scale() -> None:
    first_ten = list(FAULTS)[:10]
    assert {"kill worker", "kill sink", "kill clickhouse", "kill broker", "scale workers 1, 2, 1"} <= set(first_ten)
    assert any(name.startswith("pause") for name in first_ten)
