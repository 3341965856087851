"""The thread that sends: it works while scans wait, sleeps while none do, and pauses after a failure."""

import threading
import time
from collections.abc import Callable


class Courier:
    """Calls `step` (see `Sender.step`) for as long as it runs. `on_end` is called when it ends without being asked."""

    def __init__(self, step: Callable[[], float | None], *, on_end: Callable[[], None]) -> None:
        """Take what to call, without starting."""
        self._step, self._on_end = step, on_end
        self._work = threading.Event()
        self._stop = threading.Event()
        self._drain_until = 0.0
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        self.failure: Exception | None = None

    def start(self) -> None:
        """Begin with what waits from before."""
        self._work.set()
        self._thread.start()

    def wake(self) -> None:
        """Say that there is something to send. A pause after a failure is not cut short."""
        self._work.set()

    def stop(self, *, drain_seconds: float) -> None:
        """Send what can be sent without pausing, for so long at the most, then end."""
        self._drain_until = time.monotonic() + drain_seconds
        self._stop.set()
        self._work.set()
        self._thread.join(drain_seconds)

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._once()
            while time.monotonic() < self._drain_until and self._step() == 0.0:
                pass
        except Exception as error:  # noqa: BLE001 -- kept for the main thread, which ends the process with it
            self.failure = error
            self._on_end()

    def _once(self) -> None:
        self._work.clear()
        pause_seconds = self._step()
        if pause_seconds is None:
            self._work.wait()
        elif pause_seconds:
            self._stop.wait(pause_seconds)
