"""A kiosk in a process of its own, forked from a server that has everything imported: it starts in milliseconds."""

import json
import multiprocessing
import os
import select
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from streams.device.decoded import typed
from streams.device.main import DeviceConfig, run
from tests.streams.device.kiosk_parts import KEY, STATION
from tests.streams.gateway.samples import TOKEN

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.streams.device.kiosk_process"])
_SECONDS = 60.0


def _work(scanner: Connection, screen: Connection, directory: str, url: str) -> None:
    config = DeviceConfig(
        gateway_url=url, token=TOKEN, key=KEY, queue_directory=Path(directory), station=STATION, as_json=True
    )
    with os.fdopen(screen.fileno(), "w", closefd=False) as out:
        run(config, decode=typed, input_fd=scanner.fileno(), out=out)


class KioskProcess:
    """A running kiosk, its scanner and its screen."""

    def __init__(self, directory: Path, url: str) -> None:
        scanner, self._scanner = _CONTEXT.Pipe(duplex=False)
        self._screen, screen = _CONTEXT.Pipe(duplex=False)
        self._process = _CONTEXT.Process(target=_work, args=(scanner, screen, str(directory), url))
        self._process.start()
        scanner.close()
        screen.close()
        self._shown = b""

    def scan(self, text: str) -> None:
        """Type a line."""
        try:
            os.write(self._scanner.fileno(), f"{text}\n".encode())
        except BrokenPipeError:
            return  # it is dead: its screen tells

    def outcome(self, *, seconds: float = _SECONDS) -> dict[str, Any] | None:
        """Return the next scan's outcome from the screen; None if the process ended, or showed none in time."""
        while (shown := self.line(seconds=seconds)) is not None:
            if "outcome" in shown:
                return shown
        return None

    def line(self, *, seconds: float = _SECONDS) -> dict[str, Any] | None:
        """Return the screen's next line; None if the process ended, or showed none in time."""
        while b"\n" not in self._shown:
            if not select.select([self._screen.fileno()], [], [], seconds)[0]:
                return None
            chunk = os.read(self._screen.fileno(), 65_536)
            if not chunk:
                return None
            self._shown += chunk
        text, _, self._shown = self._shown.partition(b"\n")
        shown: dict[str, Any] = json.loads(text)
        return shown

    def kill(self) -> None:
        """End it with SIGKILL, as a power failure would."""
        self._process.kill()
        self._end()

    def terminate(self) -> int | None:
        """End it with SIGTERM and return its exit code."""
        self._process.terminate()
        return self._end()

    def unplug(self) -> int | None:
        """End its input and return its exit code."""
        self._scanner.close()
        return self._end()

    def _end(self) -> int | None:
        self._process.join(_SECONDS)
        code = self._process.exitcode
        self._process.close()
        if not self._scanner.closed:
            self._scanner.close()
        return code
