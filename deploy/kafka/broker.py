"""Run one real Kafka broker on this machine."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from deploy.kafka.java import broker_command
from deploy.kafka.properties import Listener, meta_properties, server_properties
from deploy.kafka.reach import answers
from deploy.local.child import Program
from deploy.local.directory import require_room, writable_directory
from deploy.local.ports import LOOPBACK, free_ports, listens
from deploy.local.server import Server


class Broker(Server):
    """A single KRaft node: broker and controller.

    The directory holds `server.properties`, the log of the process (`kafka.log`) and the data.
    """

    def __init__(
        self,
        directory: Path,
        *,
        port: int = 0,
        controller_port: int = 0,
        log_file: Path | None = None,
        extra_options: tuple[str, ...] = (),
        listeners: Sequence[Listener] = (),
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Choose ports (0: any free one) without starting anything yet.

        `extra_options` go to the JVM, `environment` is added to its own; `listeners` are further ways in.
        """
        super().__init__()
        spare = iter(free_ports(2))
        self.port = port or next(spare)
        self.controller_port = controller_port or next(spare)
        self._directory = directory.resolve()
        self._log_file = log_file or directory / "kafka.log"
        self._extra_options = extra_options
        self._listeners = listeners
        self._environment = environment

    @property
    def bootstrap(self) -> str:
        """Return the address clients connect to."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def address(self) -> str:
        return self.bootstrap

    def program(self) -> Program:
        """Write the configuration, format the storage once, and return what to run.

        Raises UserError where Java, the jars or disk space are missing.
        """
        data = writable_directory(self._directory / "data")
        require_room(data, purpose="Kafka")
        properties = self._directory / "server.properties"
        properties.write_text(
            server_properties(
                port=self.port, controller_port=self.controller_port, data_directory=data, listeners=self._listeners
            )
        )
        if not (data / "meta.properties").exists():
            (data / "meta.properties").write_text(meta_properties())
        return Program(
            name="kafka",
            arguments=broker_command(properties, extra_options=self._extra_options),
            log_file=self._log_file,
            ready=lambda _child: listens(self.port) and answers(self.bootstrap),
            environment=self._environment,
        )
