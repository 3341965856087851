"""Run the embedded ClickHouse server as a child process."""

import sys
import urllib.parse
from pathlib import Path

from deploy.local.child import Child, Program
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.readiness import says_ready
from deploy.settings import variable


class EmbeddedClickHouse:
    """The embedded server on loopback; it keeps its data and port over restarts.

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
        self.port = port or free_ports(1)[0]
        self.user = user
        self.password = password
        self._directory = directory
        self._log_file = log_file or directory / "clickhouse.log"
        self._child: Child | None = None

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
    def pid(self) -> int:
        """Return the process id; raise RuntimeError if the server was never started."""
        return self.child.pid

    @property
    def child(self) -> Child:
        """Return the process; raise RuntimeError if the server was never started."""
        if self._child is None:
            raise RuntimeError("the ClickHouse server was never started")
        return self._child

    def program(self) -> Program:
        """Return what to run."""
        path = self._directory / "clickhouse"
        path.mkdir(parents=True, exist_ok=True)
        arguments = [sys.executable, "-m", "deploy.embedded", "--path", str(path), "--port", str(self.port)]
        return Program(
            name="clickhouse",
            arguments=arguments,
            log_file=self._log_file,
            ready=says_ready,
            # By environment: arguments are visible to every user of the machine.
            environment={variable("clickhouse_user"): self.user, variable("clickhouse_password"): self.password},
        )

    def start(self) -> None:
        """Start the server and return when it serves; raise UserError where it can't."""
        self._child = Child(self.program())
        self._child.wait_ready()

    def stop(self) -> None:
        """Shut the server down cleanly. Safe to repeat."""
        self.child.stop()

    def kill(self) -> None:
        """End the server with SIGKILL."""
        self.child.kill()

    def restart(self) -> None:
        """Stop the server if it runs, and start it on the same data and port."""
        self.stop()
        self.start()
