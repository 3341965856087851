"""Start child processes, watch them, and stop them all in reverse order."""

import signal
import time
from collections.abc import Callable, Sequence
from types import FrameType, TracebackType
from typing import Self

from deploy.local.child import POLL_SECONDS, Child, Program
from deploy.user_error import UserError

_WATCH_SECONDS = 0.2


class Supervisor:
    """Children that live and end together. Use it as a context manager, in the main thread.

    Nothing is restarted: a child that ends by itself is reported by `check` and `watch`, because a silent restart
    would hide the fault. Ctrl-C and SIGTERM both raise KeyboardInterrupt inside the block. When the block ends,
    however it ends, every child is stopped in reverse order; if this process is killed, the kernel kills them.
    """

    def __init__(self, *, say: Callable[[str], None]) -> None:
        """Take the function that shows a line of progress."""
        self._say = say
        self._children: list[Child] = []
        self._previous_handler: object = None

    def __enter__(self) -> Self:
        """Make SIGTERM behave like Ctrl-C."""
        self._previous_handler = signal.signal(signal.SIGTERM, _interrupt)
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        """Stop every child."""
        try:
            self.stop()
        finally:
            signal.signal(signal.SIGTERM, self._previous_handler)  # type: ignore[arg-type]  # as we got it

    def start(self, program: Program) -> Child:
        """Start a program and return when it is ready; raise UserError where it can't be."""
        return self.start_together([program])[0]

    def start_together(self, programs: Sequence[Program]) -> list[Child]:
        """Start programs that don't need each other at the same time and return when all are ready."""
        started = time.monotonic()
        children = [self._launch(program) for program in programs]
        waiting = list(children)
        while waiting:
            for child in [child for child in waiting if child.is_ready()]:
                waiting.remove(child)
                seconds = time.monotonic() - started
                self._say(f"{child.program.name} is ready ({seconds:.1f} s, pid {child.pid})")
            time.sleep(POLL_SECONDS)
        return children

    def end(self, children: Sequence[Child]) -> None:
        """Stop children, all at the same time, and forget them; also those that ended by themselves."""
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.stop()
            self._children.remove(child)

    def kill(self, child: Child) -> None:
        """End a child with SIGKILL and forget it."""
        child.kill()
        self._children.remove(child)

    def check(self) -> None:
        """Raise UserError naming a child that has ended by itself, if there is one."""
        for child in self._children:
            if child.exit_code is not None:
                raise UserError(f"{child.ending()}; see {child.program.log_file}.")

    def watch(self) -> None:
        """Block until Ctrl-C or SIGTERM (return), or until a child ends by itself (UserError)."""
        try:
            while True:
                self.check()
                time.sleep(_WATCH_SECONDS)
        except KeyboardInterrupt:
            return

    def stop(self) -> None:
        """Stop all children, the last one started first. Safe to repeat."""
        while self._children:
            self.end(self._children[-1:])

    def _launch(self, program: Program) -> Child:
        child = Child(program)
        self._children.append(child)
        return child


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
