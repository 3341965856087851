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
from streams.device.scan import ID_RANDOM_BYTES, milliseconds_of, uuid7

_FEED = "heartbeat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What a device has not been rid of: scans that wait, when the oldest was made, the last number given."""

    waiting: int
    oldest_ms: int | None
    last_number: int


def heartbeat_of(backlog: Backlog, *, now_ms: int, randomness: bytes, version: str) -> dict[str, Any]:
    """Return the event: its `sent_at` is now by the device's clock, so the gateway's stamp tells the clock's error."""
    age_ms = now_ms - backlog.oldest_ms if backlog.oldest_ms is not None else 0
    return {
        "feed": _FEED,
        "event_id": str(uuid7(now_ms, randomness)),
        "event_time": now_ms,
        "sent_at": now_ms,
        "queued": backlog.waiting,
        "oldest_queued_s": max(0, age_ms // 1_000),
        "device_seq": backlog.last_number,
        "app_version": version,
    }


@dataclass(slots=True, kw_only=True)
class Heartbeat:
    """Sends one every `every_seconds`, none if that is 0. One that fails is not repeated: the next one is newer."""

    queue: ScanQueue
    post: Post
    now: Callable[[], datetime]
    randomness: Callable[[int], bytes]
    version: str = ""
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
            backlog = Backlog(
                waiting=self.queue.count(),
                oldest_ms=self.queue.oldest_event_time_ms(),
                last_number=self.queue.last_number(),
            )
            event = heartbeat_of(
                backlog,
                now_ms=milliseconds_of(self.now()),
                randomness=self.randomness(ID_RANDOM_BYTES),
                version=self.version,
            )
            self.post(msgspec.json.encode([event]))
        except (Unreachable, QueueError):
            return

    def _run(self) -> None:
        self.beat()
        while not self._stop.wait(self.every_seconds):
            self.beat()
