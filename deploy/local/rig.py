"""The system's processes on this machine, each to be started, stopped and killed on its own: what load tests drive."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

import clickhouse_connect
from clickhouse_connect.driver.client import Client

from deploy.kafka.topics import create_topics
from deploy.kafka.wanted import wanted_topics
from deploy.local import roles
from deploy.local.child import Child, Program
from deploy.local.layout import Ports, choose_ports
from deploy.local.ports import LOOPBACK
from deploy.local.stores import local_broker, local_clickhouse
from deploy.settings import Settings
from loadtest.system import Role
from sinks.migrate import migrate

_MOST_WORKERS, _MOST_SINKS = 2, 2


class Rig:
    """A `loadtest.system.System` made of local child processes; a context manager that ends them all.

    Broker and ClickHouse keep their data and ports when they are killed and started again. Use it from the main
    thread only: the kernel kills children when the thread that started them ends.
    """

    def __init__(self, settings: Settings, *, say: Callable[[str], None]) -> None:
        """Choose ports and addresses without starting anything."""
        self.ports: Ports = choose_ports(settings, workers=_MOST_WORKERS, sinks=_MOST_SINKS)
        self._say = say
        broker, server = local_broker(settings, self.ports), local_clickhouse(settings, self.ports)
        self._stores: dict[Role, Callable[[], Program]] = {"broker": broker.program, "clickhouse": server.program}
        self.settings = replace(settings, kafka=broker.bootstrap, clickhouse_url=server.url)
        self._children: dict[tuple[Role, int], Child] = {}

    def __enter__(self) -> Self:
        """Start broker and ClickHouse, make topics and tables."""
        self.start("broker")
        self.start("clickhouse")
        create_topics(self.kafka, wanted_topics(partitions=self.settings.partitions))
        migrate(self._client(), self.settings.clickhouse_database)
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        """Stop every process, the last started first."""
        for role, number in reversed(list(self._children)):
            self.stop(role, number)

    @property
    def kafka(self) -> str:
        return self.settings.kafka

    @property
    def gateway_url(self) -> str:
        return f"http://{LOOPBACK}:{self.ports.gateway}"

    def clickhouse(self) -> Client:
        return self._client(self.settings.clickhouse_database)

    def pids(self, role: Role) -> Sequence[int]:
        return [child.pid for (of, _), child in self._children.items() if of == role]

    def metrics_urls(self, role: Role) -> Sequence[str]:
        ports = {"worker": self.ports.workers, "sink": self.ports.sinks, "gateway": (self.ports.gateway,)}
        running = [number for of, number in self._children if of == role]
        return [f"http://{LOOPBACK}:{ports[role][number]}/metrics" for number in running]

    def start(self, role: Role, number: int = 0) -> None:
        child = Child(self._program(role, number))
        self._children[role, number] = child
        child.wait_ready()
        self._say(f"{child.program.name} is ready (pid {child.pid})")

    def stop(self, role: Role, number: int = 0) -> None:
        self._children[role, number].stop()
        del self._children[role, number]

    def kill(self, role: Role, number: int = 0) -> None:
        self._children[role, number].kill()
        del self._children[role, number]

    def revive(self) -> list[str]:
        ended = [(key, child) for key, child in self._children.items() if child.exit_code is not None]
        for (role, number), child in ended:
            self._say(f"{child.ending()}; starting it again")
            self.start(role, number)
        return [child.ending() for _, child in ended]

    def _program(self, role: Role, number: int) -> Program:
        if role in self._stores:
            return self._stores[role]()
        if role == "worker":
            return roles.worker(self.settings, number=number, metrics_port=self.ports.workers[number])
        if role == "sink":
            return roles.sink(self.settings, number=number, metrics_port=self.ports.sinks[number])
        return roles.gateway(self.settings, port=self.ports.gateway)

    def _client(self, database: str | None = None) -> Client:
        settings = self.settings
        return clickhouse_connect.get_client(
            dsn=settings.clickhouse_url,
            username=settings.clickhouse_user,
            password=settings.clickhouse_password,
            database=database,
            autogenerate_session_id=False,
        )
