"""A device's sign of life: how much waits, since when, and the device's clock. Off unless it is enabled."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from streams.device.gateway import Post, Unreachable
from streams.device.queue import ScanQueue
from streams.device.queue_file import QueueError
from streams.device.scan import ID_RANDOM_BYTES, Station, milliseconds_of, uuid7

_FEED = "heartbeat"


def heartbeat_of(
    station: Station, *, now_ms: int, waiting: int, oldest_ms: int | None, randomness: bytes
) -> dict[str, Any]:
    """Return the event: its `event_time` is when it was sent, so the gateway's stamp tells the clock's error."""
    return {
        "feed": _FEED,
        "scan_id": str(uuid7(now_ms, randomness)),
        "place_id": station.place_id,
        "event_time": now_ms,
        "sent_at": now_ms,
        "queue_depth": waiting,
        "oldest_unsent_ms": max(0, now_ms - oldest_ms) if oldest_ms is not None else 0,
    }


@dataclass(slots=True, kw_only=True)
class Heartbeat:
    """Sends one every `every_seconds`, none if that is 0. One that fails is not repeated: the next one is newer."""

    station: Station
    queue: ScanQueue
    post: Post
    now: Callable[[], datetime]
    randomness: Callable[[int], bytes]
    every_seconds: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event, init=False)

    def start(self) -> None:
        """Begin to beat, if that is enabled."""
        if self.every_seconds > 0:
            threading.Thread(target=self._run, name="heartbeat", daemon=True).start()

    def stop(self) -> None:
        """Beat no more."""
        self._stop.set()

    def beat(self) -> None:
        """Send one; a failure is the sender's to notice and to tell."""
        try:
            event = heartbeat_of(
                self.station,
                now_ms=milliseconds_of(self.now()),
                waiting=self.queue.count(),
                oldest_ms=self.queue.oldest_event_time_ms(),
                randomness=self.randomness(ID_RANDOM_BYTES),
            )
            self.post(msgspec.json.encode([event]))
        except (Unreachable, QueueError):
            return

    def _run(self) -> None:
        self.beat()
        while not self._stop.wait(self.every_seconds):
            self.beat()
