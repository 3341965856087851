"""Run the embedded ClickHouse server as a child process."""

import sys
import urllib.parse
from pathlib import Path

from deploy.local.child import Program
from deploy.local.directory import require_room, writable_directory
from deploy.local.layout import clickhouse_directory
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.readiness import says_ready
from deploy.local.server import Server
from deploy.settings import variable


class EmbeddedClickHouse(Server):
    """The embedded server.

    `user` and `password` are what clients must send; an empty password is ClickHouse's usual local default.
    """

    def __init__(
        self,
        directory: Path,
        *,
        port: int = 0,
        user: str = "default",
        password: str = "",
        log_file: Path | None = None,
    ) -> None:
        """Choose a port (0: any free one) without starting anything yet."""
        super().__init__()
        self.port = port or free_ports(1)[0]
        self.user = user
        self.password = password
        self._directory = directory
        self._log_file = log_file or directory / "clickhouse.log"

    @property
    def url(self) -> str:
        """Return the HTTP address without credentials."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def dsn(self) -> str:
        """Return the HTTP address with user and password in it, as clickhouse-connect's `dsn` takes it."""
        quoted = urllib.parse.quote(self.password, safe="")
        return f"http://{self.user}:{quoted}@{LOOPBACK}:{self.port}"

    @property
    def address(self) -> str:
        return self.url

    def program(self) -> Program:
        """Return what to run; raise UserError where disk space is missing."""
        path = writable_directory(clickhouse_directory(self._directory))
        require_room(path, purpose="ClickHouse")
        arguments = [sys.executable, "-m", "deploy.embedded", "--path", str(path), "--port", str(self.port)]
        return Program(
            name="clickhouse",
            arguments=arguments,
            log_file=self._log_file,
            ready=says_ready,
            # By environment: arguments are visible to every user of the machine.
            environment={variable("clickhouse_user"): self.user, variable("clickhouse_password"): self.password},
        )
