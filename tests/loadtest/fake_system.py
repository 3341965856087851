"""A system without processes: it notes what is asked of it."""

from collections.abc import Callable, Sequence
from typing import Any

from loadtest.surroundings import Surroundings
from loadtest.system import Role


class FakeSystem:
    """A `loadtest.system.System` whose processes are entries of `running`; `done` holds what was done, in words."""

    def __init__(
        self,
        *,
        running: Sequence[tuple[Role, int]] = (),
        revive: Callable[[], list[str]] = list,
        kafka: str = "nowhere:1",
        clickhouse: Callable[[], Any] = object,
        surroundings: Surroundings | None = None,
    ) -> None:
        self.running = list(running)
        self.done: list[str] = []
        self.kafka = self.publishers_kafka = kafka
        self.surroundings = surroundings or Surroundings()
        self.gateway_url = "http://nowhere"
        self._revive, self._clickhouse = revive, clickhouse

    def clickhouse(self) -> Any:
        return self._clickhouse()

    def pids(self, role: Role) -> Sequence[int]:
        return [1_000_000 + number for of, number in self.running if of == role]

    def metrics_urls(self, _role: Role) -> Sequence[str]:
        return []

    def start(self, role: Role, number: int = 0) -> None:
        assert (role, number) not in self.running
        self.running.append((role, number))
        self.done.append(f"start {role} {number}")

    def stop(self, role: Role, number: int = 0) -> None:
        self.running.remove((role, number))
        self.done.append(f"stop {role} {number}")

    def kill(self, role: Role, number: int = 0) -> None:
        self.running.remove((role, number))
        self.done.append(f"kill {role} {number}")

    def revive(self) -> list[str]:
        return self._revive()
