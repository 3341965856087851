"""One child process: started with a log file, waited for, stopped by pid, never left behind."""

import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.directory import writable_directory
from deploy.user_error import UserError

POLL_SECONDS = 0.02
_PR_SET_PDEATHSIG = 1
_NAMES_AN_ERROR = re.compile(r"[\w.]*(Error|Exception): ")  # how Python, Java and our own commands end
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to run: its name for people, its arguments, where its output goes and when it counts as ready.

    `ready` is asked again and again, must return within about a second and must not raise.
    `environment` is added to ours.
    """

    name: str
    arguments: Sequence[str]
    log_file: Path
    ready: Callable[["Child"], bool]
    ready_seconds: float = 60.0
    stop_seconds: float = 20.0
    environment: Mapping[str, str] = field(default_factory=dict)


class Child:
    """A running Program.

    Start it from a thread that lives as long as the child should: Linux kills the child when that thread ends,
    however it ends, so that a killed parent leaves nothing behind. It runs in its own session: Ctrl-C at the terminal
    reaches only the parent, which stops its children in order.
    """

    def __init__(self, program: Program) -> None:
        """Start the program; its output is appended to the log file. Does not wait until it is ready.

        Raises UserError if the log file can't be written.
        """
        self.program = program
        writable_directory(program.log_file.parent)
        self._deadline = time.monotonic() + program.ready_seconds
        with program.log_file.open("ab") as log:
            self._log_start_bytes = log.tell()
            self._process = _spawn(program, log.fileno())

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """Return the exit code (negative: the signal that ended it), or None while it runs."""
        return self._process.poll()

    def output(self) -> str:
        """Return what this process wrote to its log since it started."""
        with self.program.log_file.open("rb") as log:
            log.seek(self._log_start_bytes)
            return log.read().decode("utf-8", "replace")

    def last_lines(self, count: int) -> list[str]:
        """Return the last lines of the output that are not blank."""
        return self._lines()[-count:]

    def last_words(self) -> str:
        """Return the output's last line that names an error, else its last line, else an empty string."""
        lines = self._lines()
        errors = [line for line in lines if _NAMES_AN_ERROR.match(line)]
        return (errors or lines or [""])[-1]

    def _lines(self) -> list[str]:
        return [line.strip() for line in self.output().splitlines() if line.strip()]

    def is_ready(self) -> bool:
        """Tell whether the program says it is ready; stop it and raise UserError if it ended or takes too long."""
        if self.program.ready(self):
            return True
        if self.exit_code is not None:
            raise UserError(f"{self.ending()} before it was ready; see {self.program.log_file}.")
        if time.monotonic() > self._deadline:
            self.stop()
            raise UserError(
                f"{self.program.name} was not ready after {self.program.ready_seconds:.0f} s; "
                f"see {self.program.log_file}."
            )
        return False

    def wait_ready(self) -> None:
        """Block until the program is ready; raise UserError like `is_ready`."""
        while not self.is_ready():
            time.sleep(POLL_SECONDS)

    def ending(self) -> str:
        """Say in words how the process ended, with its last words."""
        last_words = self.last_words()
        return f"{self.program.name} ended with code {self.exit_code}" + (f" ({last_words})" if last_words else "")

    def ask_to_stop(self) -> None:
        """Send SIGTERM and return at once. Safe to repeat."""
        self._process.send_signal(signal.SIGTERM)  # does nothing once the process has ended

    def stop(self) -> None:
        """End the process: SIGTERM, and SIGKILL if it is still there after its grace time. Safe to repeat."""
        self.ask_to_stop()
        try:
            self._process.wait(self.program.stop_seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the process with SIGKILL, as a crash would, and wait until it is gone."""
        self._process.kill()
        self._process.wait()


def _spawn(program: Program, log_fd: int) -> subprocess.Popen[bytes]:
    parent_pid = os.getpid()
    return subprocess.Popen(  # noqa: S603 -- the arguments are ours, no shell
        list(program.arguments),
        stdin=subprocess.DEVNULL,
        stdout=log_fd,
        stderr=subprocess.STDOUT,
        env={**os.environ, **program.environment},
        start_new_session=True,
        preexec_fn=lambda: _die_with(parent_pid),  # noqa: PLW1509 -- one system call, takes no lock
    )


def _die_with(parent_pid: int) -> None:
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:  # the parent was gone before the call above could take effect
        os._exit(1)
