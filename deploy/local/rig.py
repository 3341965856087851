"""The whole system on this machine, each process to be started, stopped and killed on its own.

It is what `scanstream up` runs, and what load tests drive (`loadtest.system.System`).
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from types import TracebackType
from typing import Literal, Self

from clickhouse_connect.driver.client import Client

from deploy.clickhouse import close_client, new_client
from deploy.kafka.broker import Broker
from deploy.local import roles
from deploy.local.child import Child, Program
from deploy.local.layout import Ports, choose_ports, log_file, require_gateway_port, require_local_ports
from deploy.local.ports import LOOPBACK
from deploy.local.prometheus import prometheus_program
from deploy.local.routes import Routes
from deploy.local.stores import check_clickhouse, check_kafka, local_broker, local_clickhouse
from deploy.local.supervisor import Supervisor
from deploy.migration import migrate_stores
from deploy.settings import Settings
from deploy.user_error import UserError
from loadtest.surroundings import Surroundings
from loadtest.system import ROLES, WATCH, DidNotStart, Role

_Key = tuple[Role, int]
_SHOWN_LOG_LINES = 10
# Whoever uses a store goes before it.
_STOP_ORDER: tuple[frozenset[Role], ...] = (
    frozenset({"gateway", "worker", "sink", "watch", "door"}),
    frozenset({"clickhouse", "broker"}),
)


class ProcessDidNotStart(UserError, DidNotStart):
    """What `loadtest.system.System` demands, and for a person at the terminal a sentence."""


class Rig:
    """A `loadtest.system.System` made of local child processes; a context manager that ends them all.

    Where the settings name an existing Kafka or ClickHouse, that one is used, and none is started here. Broker and
    ClickHouse keep their data and ports when they are killed and started again. `settings` hold the addresses in use.
    Use it from the main thread only: the kernel kills children when the thread that started them ends.
    """

    def __init__(
        self, settings: Settings, *, say: Callable[[str], None], surroundings: Surroundings | None = None
    ) -> None:
        """Choose ports and addresses without starting anything.

        Proxies of the `surroundings` are put in the processes' ways, which then lead to a broker and a ClickHouse of
        our own: raises UserError where the settings name existing ones.
        """
        self.surroundings = surroundings or Surroundings()
        if self.surroundings.proxies and (settings.kafka or settings.clickhouse_url):
            raise UserError("Faults of the network need a Kafka and a ClickHouse of their own; set no addresses.")
        self.ports: Ports = choose_ports(settings)
        self._routes = Routes.through(self.surroundings.proxies, self.ports)
        self.settings = replace(
            settings,
            kafka=settings.kafka or f"{LOOPBACK}:{self.ports.kafka}",
            clickhouse_url=settings.clickhouse_url or f"http://{LOOPBACK}:{self.ports.clickhouse}",
            gateway_port=self.ports.gateway,
        )
        self._given = settings
        self._supervisor = Supervisor(say=say)
        self._running = ExitStack()
        self._children: dict[_Key, Child] = {}
        self._ended: list[str] = []
        self._clients: list[Client] = []

    def __enter__(self) -> Self:
        """Start broker and ClickHouse, make topics and tables; raise UserError where that can't be done."""
        with ExitStack() as started:
            started.enter_context(self._supervisor)
            started.callback(self._end)
            self.start_together(self._missing_stores())
            migrate_stores(self.settings)
            self._running = started.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close all clients and stop all processes: first those that use the stores, then the stores."""
        self._running.__exit__(kind, error, traceback)

    @property
    def kafka(self) -> str:
        return self.settings.kafka

    @property
    def publishers_kafka(self) -> str:
        return self._routes.publishers_kafka(self.settings.kafka)

    @property
    def gateway_url(self) -> str:
        return f"http://{self.settings.listen_host}:{self.ports.gateway}"

    @property
    def door_url(self) -> str:
        """Where people with access query the embedded ClickHouse, once the door runs."""
        return roles.door_url(self.settings, port=self.ports.door)

    @property
    def has_own_clickhouse(self) -> bool:
        """True where ClickHouse is one that was started here."""
        return not self._given.clickhouse_url

    def clickhouse(self) -> Client:
        client = new_client(self.settings)
        self._clients.append(client)
        return client

    def pids(self, role: Role) -> Sequence[int]:
        return [child.pid for (of, _), child in self._children.items() if of == role and child.exit_code is None]

    def metrics_urls(self, role: Role) -> Sequence[str]:
        return [f"http://{self.settings.listen_host}:{port}/metrics" for port in self._metrics_ports(role)]

    def start(self, role: Role, number: int = 0) -> None:
        self._start([(role, number)])

    def start_together(self, roles_wanted: Sequence[Role]) -> None:
        """Start the first process of each role, side by side, and return when all are ready."""
        self._start([(role, 0) for role in roles_wanted])

    def stop(self, role: Role, number: int = 0) -> None:
        self._supervisor.end([self._take(role, number)])

    def kill(self, role: Role, number: int = 0) -> None:
        self._supervisor.kill(self._take(role, number))

    def revive(self) -> list[str]:
        for role, number in [key for key, child in self._children.items() if child.exit_code is not None]:
            self.stop(role, number)
            self.start(role, number)
        ended, self._ended = self._ended, []
        return ended

    def start_prometheus(self) -> str | None:
        """Start Prometheus over the running processes and return its address; None where it isn't installed."""
        program = prometheus_program(
            self.settings.data_dir / "prometheus",
            port=self.ports.prometheus,
            jobs={role: ports for role in (*ROLES, WATCH) if (ports := self._metrics_ports(role))},
            log_file=log_file(self.settings, "prometheus"),
        )
        if program is None:
            return None
        require_local_ports({"Prometheus": self.ports.prometheus})
        self._supervisor.start(program)
        return f"http://{LOOPBACK}:{self.ports.prometheus}"

    def watch(self) -> None:
        """Block until Ctrl-C or SIGTERM (return), or until a process ends by itself (UserError)."""
        self._supervisor.watch()

    def _missing_stores(self) -> list[Role]:
        missing: list[Role] = []
        if self._given.kafka:
            check_kafka(self._given.kafka)
        else:
            missing.append("broker")
        if self._given.clickhouse_url:
            check_clickhouse(self._given.clickhouse_url)
        else:
            missing.append("clickhouse")
        return missing

    def _start(self, keys: Sequence[_Key]) -> None:
        programs = [self._program(role, number) for role, number in keys]
        try:
            children = self._supervisor.start_together(programs)
        except UserError as problem:
            raise ProcessDidNotStart(problem.message) from problem
        self._children.update(zip(keys, children, strict=True))

    def _take(self, role: Role, number: int) -> Child:
        """Forget a process that is about to be ended, and note whether it has ended by itself."""
        child = self._children.pop((role, number))
        if child.exit_code is not None:
            self._ended.append("\n    ".join([f"{child.ending()}; its log ends:", *child.last_lines(_SHOWN_LOG_LINES)]))
        return child

    def _program(self, role: Role, number: int) -> Program:
        settings = self._routes.settings_of(role, self.settings)
        match role:
            case "broker":
                return self._broker().program()
            case "clickhouse":
                return local_clickhouse(self.settings, self.ports).program()
            case "watch":
                return roles.watch(settings, metrics_port=self.ports.watch)
            case "door":
                return roles.door(settings, port=self.ports.door)
            case _:
                return self._on_the_way(settings, role, number)

    def _on_the_way(self, settings: Settings, role: Literal["worker", "sink", "gateway"], number: int) -> Program:
        """Return a process events go through."""
        match role:
            case "worker":
                return roles.worker(settings, number=number, metrics_port=self.ports.workers[number])
            case "sink":
                return roles.sink(settings, number=number, metrics_port=self.ports.sinks[number])
            case "gateway":
                require_gateway_port(settings, self.ports.gateway)
                return roles.gateway(settings)

    def _broker(self) -> Broker:
        clock = self.surroundings.broker_clock
        environment = clock.environment if clock else {}
        return local_broker(self.settings, self.ports, listeners=self._routes.listeners, environment=environment)

    def _metrics_ports(self, role: Role) -> list[int]:
        ports = {
            "worker": self.ports.workers,
            "sink": self.ports.sinks,
            "gateway": (self.ports.gateway,),
            "watch": (self.ports.watch,),
        }
        return [ports[of][number] for of, number in self._children if of == role and of in ports]

    def _end(self) -> None:
        # A ClickHouse that stops waits for open connections.
        while self._clients:
            close_client(self._clients.pop())
        for group in _STOP_ORDER:
            keys = [key for key in self._children if key[0] in group]
            self._supervisor.end([self._children.pop(key) for key in keys])
