"""Scans, clocks and gateways for the tests of the device's client. All identities are generated."""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from streams.device.answer import Reply
from streams.device.decoded import typed
from streams.device.gateway import Unreachable
from streams.device.queue import ScanQueue
from streams.device.scan import Scan, Station, make_scan, milliseconds_of
from streams.device.sealing import KEY_BYTES, Sealer
from tests.streams.gateway.samples import raw_number

START = datetime(2021, 8, 5, 0, 30, tzinfo=UTC)
KEY = bytes(range(KEY_BYTES))
STATION = Station(place_id=1234, gate=2)


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    moment: datetime = START

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.moment += timedelta(seconds=seconds)


def line(seed: object) -> str:
    """Return what a guard types of a person nobody is."""
    return f"CCCD:{raw_number(seed)}"


def scan(seed: object = 0, *, now: datetime = START) -> Scan:
    """Return a scan of that person."""
    randomness = random.Random(str(seed)).randbytes(10)
    return make_scan(typed(line(seed)), STATION, now_ms=milliseconds_of(now), randomness=randomness)


def queue_in(directory: Path, *, key: bytes = KEY) -> ScanQueue:
    """Open the queue of a directory. It doesn't wait for the disk: what is tested is not how fast that is."""
    queue = ScanQueue(directory, Sealer(key))
    queue._database.execute("PRAGMA synchronous = OFF")
    return queue


def accepted(scan_ids: list[str]) -> Reply:
    """Return the answer to a batch that is stored whole."""
    events = [{"status": "accepted", "scan_id": scan_id} for scan_id in scan_ids]
    return Reply(status=200, body=msgspec.json.encode({"accepted": len(events), "rejected": 0, "events": events}))


@dataclass
class FakeGateway:
    """Keeps what it is sent. `behave` may answer in its place or raise; None lets it store the batch."""

    behave: Callable[[list[dict[str, Any]]], Reply | None] = field(default=lambda _batch: None)
    stored: list[dict[str, Any]] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)

    def post(self, body: bytes) -> Reply:
        """Take a batch."""
        events = msgspec.json.decode(body)
        self.batches.append(len(events))
        answer = self.behave(events)
        if answer is not None:
            return answer
        self.stored += events
        return accepted([event.get("scan_id", "") for event in events])

    def scan_ids(self) -> list[uuid.UUID]:
        """Return the identity of each copy stored, in order."""
        return [uuid.UUID(event["scan_id"]) for event in self.stored]


def nobody(_events: object) -> Reply | None:
    """Behave as a gateway that isn't there."""
    raise Unreachable("the gateway can't be reached (NewConnectionError)")
