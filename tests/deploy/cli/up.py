"""A running `scanstream up`, and the commands that find it by the same environment."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from deploy.local.ports import free_ports

_SCANSTREAM = [sys.executable, "-m", "deploy.cli"]


class Up:
    """Start it with `start`; `environment` is the one its ports and its data directory are in."""

    def __init__(self, directory: Path, *, partitions: int = 2) -> None:
        """Choose ports without starting anything."""
        self.port_base, self.gateway_port = free_ports(2)
        self.environment = {
            **os.environ,
            "SCANSTREAM_PORT_BASE": str(self.port_base),
            "SCANSTREAM_GATEWAY_PORT": str(self.gateway_port),
            "SCANSTREAM_DATA_DIR": str(directory),
            "SCANSTREAM_PARTITIONS": str(partitions),
        }
        self._process: subprocess.Popen[str] | None = None

    @property
    def process(self) -> "subprocess.Popen[str]":
        """Return the process; it has been started."""
        assert self._process is not None
        return self._process

    def start(self) -> list[str]:
        """Start it and return the lines it says until everything runs."""
        self._process = subprocess.Popen([*_SCANSTREAM, "up"], env=self.environment, stderr=subprocess.PIPE, text=True)
        assert self._process.stderr is not None
        lines: list[str] = []
        for line in self._process.stderr:
            lines.append(line.strip())
            if line.startswith("Ctrl-C stops everything"):
                return lines
        raise AssertionError("\n".join(lines))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command in the same environment."""
        return subprocess.run(
            [*_SCANSTREAM, *arguments], env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )

    def stop(self) -> int:
        """Press Ctrl-C and return the exit code. Safe to repeat."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        code = self.process.wait(60)
        assert self.process.stderr is not None
        self.process.stderr.close()
        return code
