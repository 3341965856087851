"""A load that is sent by a thread of its own."""

import threading
from abc import ABC, abstractmethod


class Background(ABC):
    """Sends in the background from `start` on, until all is sent or `stop` is called; `join` says how it went."""

    def __init__(self, *, name: str) -> None:
        """Take the thread's name."""
        self._stopping = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @abstractmethod
    def _send(self) -> None:
        """Send everything; end early once `_stopping` is set. What it raises is raised by `join`."""

    def start(self) -> None:
        """Start sending."""
        self._thread.start()

    def stop(self) -> None:
        """End early."""
        self._stopping.set()

    def running(self) -> bool:
        """Tell whether something is still to be sent."""
        return self._thread.is_alive()

    def join(self) -> None:
        """Wait until everything is answered; raise CouldNotCheck if something can't be delivered."""
        self._thread.join()
        if self._error:
            raise self._error

    def _run(self) -> None:
        try:
            self._send()
        except BaseException as error:  # noqa: BLE001 -- raised again by join
            self._error = error
