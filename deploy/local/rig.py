"""The system's processes on this machine, each to be started, stopped and killed on its own: what load tests drive."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

import clickhouse_connect
from clickhouse_connect.driver.client import Client

from deploy.local import roles
from deploy.local.child import Child, Program
from deploy.local.layout import Ports, choose_ports
from deploy.local.ports import LOOPBACK
from deploy.local.stores import local_broker, local_clickhouse
from deploy.migration import migrate_stores
from deploy.settings import Settings
from loadtest.system import Role

_Key = tuple[Role, int]


class Rig:
    """A `loadtest.system.System` made of local child processes; a context manager that ends them all.

    Where the settings name an existing Kafka or ClickHouse, that one is used, and none is started here. Broker and
    ClickHouse keep their data and ports when they are killed and started again. Use it from the main thread only: the
    kernel kills children when the thread that started them ends.
    """

    def __init__(self, settings: Settings, *, say: Callable[[str], None]) -> None:
        """Choose ports and addresses without starting anything."""
        self.ports: Ports = choose_ports(settings)
        self.settings = settings
        self._say = say
        self._stores: dict[Role, Callable[[], Program]] = {}
        self._children: dict[_Key, Child] = {}
        self._choose_stores()

    def __enter__(self) -> Self:
        """Start broker and ClickHouse, make topics and tables; raise UserError where that can't be done."""
        try:
            self.start_together(list(self._stores))
            migrate_stores(self.settings)
        except BaseException:
            self._stop_all()
            raise
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        """Stop every process, the last started first."""
        self._stop_all()

    @property
    def kafka(self) -> str:
        """Kafka's bootstrap address."""
        return self.settings.kafka

    @property
    def gateway_url(self) -> str:
        """Address of the gateway, without a path."""
        return f"http://{LOOPBACK}:{self.ports.gateway}"

    def clickhouse(self) -> Client:
        """Return a new client; threads may share it."""
        return clickhouse_connect.get_client(
            dsn=self.settings.clickhouse_url,
            username=self.settings.clickhouse_user,
            password=self.settings.clickhouse_password,
            database=self.settings.clickhouse_database,
            autogenerate_session_id=False,
        )

    def pids(self, role: Role) -> Sequence[int]:
        """Return the ids of the role's processes started here."""
        return [child.pid for (of, _), child in self._children.items() if of == role]

    def metrics_urls(self, role: Role) -> Sequence[str]:
        """Return where the role's processes serve their metrics."""
        ports = {"worker": self.ports.workers, "sink": self.ports.sinks, "gateway": (self.ports.gateway,)}
        running = [number for of, number in self._children if of == role]
        return [f"http://{LOOPBACK}:{ports[role][number]}/metrics" for number in running]

    def start(self, role: Role, number: int = 0) -> None:
        """Start a process, also after it was killed, and return when it is ready."""
        self._start([(role, number)])

    def start_together(self, roles_wanted: Sequence[Role]) -> None:
        """Start the first process of each role, side by side, and return when all are ready."""
        self._start([(role, 0) for role in roles_wanted])

    def stop(self, role: Role, number: int = 0) -> None:
        """End a process in order."""
        self._children.pop((role, number)).stop()

    def kill(self, role: Role, number: int = 0) -> None:
        """End a process with SIGKILL."""
        self._children.pop((role, number)).kill()

    def revive(self) -> list[str]:
        """Start again what ended by itself, and say how it ended."""
        ended = {key: child for key, child in self._children.items() if child.exit_code is not None}
        for key, child in ended.items():
            self._say(f"{child.ending()}; starting it again")
            self._start([key])
        return [child.ending() for child in ended.values()]

    def _choose_stores(self) -> None:
        if not self.settings.kafka:
            broker = local_broker(self.settings, self.ports)
            self._stores["broker"] = broker.program
            self.settings = replace(self.settings, kafka=broker.bootstrap)
        if not self.settings.clickhouse_url:
            server = local_clickhouse(self.settings, self.ports)
            self._stores["clickhouse"] = server.program
            self.settings = replace(self.settings, clickhouse_url=server.url)

    def _start(self, keys: Sequence[_Key]) -> None:
        began = time.monotonic()
        for key in keys:
            self._children[key] = Child(self._program(*key))
        for key in keys:
            child = self._children[key]
            child.wait_ready()
            self._say(f"{child.program.name} is ready ({time.monotonic() - began:.1f} s, pid {child.pid})")

    def _program(self, role: Role, number: int) -> Program:
        if role == "worker":
            return roles.worker(self.settings, number=number, metrics_port=self.ports.workers[number])
        if role == "sink":
            return roles.sink(self.settings, number=number, metrics_port=self.ports.sinks[number])
        if role == "gateway":
            return roles.gateway(self.settings, port=self.ports.gateway)
        return self._stores[role]()

    def _stop_all(self) -> None:
        for child in reversed(list(self._children.values())):
            child.stop()
        self._children.clear()
