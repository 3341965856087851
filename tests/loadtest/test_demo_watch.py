"""The demonstration's watch has one turn of every rule, and is over whatever happens."""

from typing import Any, cast

import pytest

from loadtest.demo_watch import look_back
from loadtest.scrape import Scrape
from loadtest.system import System


class _System:
    """Notes what is started and ended; with each reading one more rule has had its turn, up to `most`."""

    def __init__(self, *, most: int) -> None:
        self.diary: list[str] = []
        self.seconds, self._rules, self._most = 0.0, 0, most

    def start(self, role: str) -> None:
        self.diary.append(f"start {role}")

    def stop(self, role: str) -> None:
        self.diary.append(f"stop {role} after {self._rules}")

    def read(self, _system: System) -> Scrape:
        self._rules = min(self._rules + 1, self._most)
        lines = [f'scanstream_watch_runs_total{{rule="r{number}",outcome="done"}} 1' for number in range(self._rules)]
        return Scrape("\n".join(["# TYPE scanstream_watch_runs counter", *lines, ""]))

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def look_back(self, rules: int) -> None:
        clocks: Any = {"now": lambda: self.seconds, "sleep": self.sleep}
        look_back(cast("System", self), rules=rules, read=self.read, **clocks)


def test_it_ends_when_every_rule_has_had_a_turn() -> None:
    system = _System(most=16)
    system.look_back(3)
    assert system.diary == ["start watch", "stop watch after 3"]


def test_it_ends_also_where_one_has_none_for_long() -> None:
    system = _System(most=2)
    system.look_back(3)
    assert system.diary[-1] == "stop watch after 2"
    assert system.seconds == pytest.approx(30, abs=1)
