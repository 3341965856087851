"""A server of this machine that is started, stopped, killed and started again on the same data."""

from abc import ABC, abstractmethod

from deploy.local.child import Child, Program


class Server(ABC):
    """One server on loopback that keeps its data, ports and identity over restarts.

    What it has acknowledged survives `kill()`: that is in the page cache, and the restarted server finds it there.
    """

    def __init__(self) -> None:
        """Start nothing yet."""
        self._child: Child | None = None

    @property
    @abstractmethod
    def address(self) -> str:
        """Return the address clients connect to, without credentials."""

    @abstractmethod
    def program(self) -> Program:
        """Prepare its files and return what to run; raise UserError where something it needs is missing."""

    @property
    def child(self) -> Child:
        """Return the process; raise RuntimeError if the server was never started."""
        if self._child is None:
            raise RuntimeError(f"{type(self).__name__} was never started")
        return self._child

    @property
    def pid(self) -> int:
        """Return the process id; raise RuntimeError if the server was never started."""
        return self.child.pid

    def start(self) -> None:
        """Start the server and return when it answers; raise UserError where it can't."""
        self._child = Child(self.program())
        self._child.wait_ready()

    def stop(self) -> None:
        """Shut the server down cleanly. Safe to repeat."""
        self.child.stop()

    def kill(self) -> None:
        """End the server with SIGKILL."""
        self.child.kill()

    def restart(self) -> None:
        """Stop the server if it runs, and start it on the same data and ports."""
        self.stop()
        self.start()
