"""Run the kiosk as a process: join its parts, read lines until their end or a signal, and lose no scan by stopping."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from streams.device.backoff import Backoff
from streams.device.board import Board
from streams.device.courier import Courier
from streams.device.decoded import Decode
from streams.device.gateway import Gateway
from streams.device.heartbeat import Heartbeat
from streams.device.kiosk import Kiosk
from streams.device.lines import Lines
from streams.device.queue import ScanQueue
from streams.device.report import Report
from streams.device.scan import Station
from streams.device.sealing import Sealer
from streams.device.sender import Sender
from streams.device.teller import Teller

# Long enough for the last scans to leave, short enough for a machine that is being switched off.
_DRAIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceConfig:
    """What differs between devices. `key` seals the queue; 0 `heartbeat_seconds` means none."""

    gateway_url: str
    token: str = field(repr=False)
    key: bytes = field(repr=False)
    queue_directory: Path
    station: Station
    as_json: bool = False
    version: str = ""
    heartbeat_seconds: float = 0.0


class CourierFailed(Exception):
    """Sending has ended for a reason of our own making; what waits is safe and is sent after a new start."""


def run(config: DeviceConfig, *, decode: Decode, input_fd: int = 0, out: TextIO = sys.stdout) -> None:
    """Take lines until the input's end, SIGTERM or SIGINT; then send what can be sent, and return.

    Raises QueueError if the queue can't be opened, CourierFailed if sending ended by itself.
    """
    with ExitStack() as held:
        queue = held.enter_context(closing(ScanQueue(config.queue_directory, Sealer(config.key))))
        gateway = held.enter_context(closing(Gateway(config.gateway_url, token=config.token)))
        lines = held.enter_context(closing(Lines(input_fd)))
        report, board = Report(out, as_json=config.as_json), Board()
        teller = Teller(queue, board, report)
        sender = _sender(queue, gateway, teller)
        courier = Courier(sender.step, on_end=lines.stop)
        kiosk = Kiosk(
            station=config.station,
            decode=decode,
            queue=queue,
            board=board,
            wake=courier.wake,
            online=lambda: sender.online,
            now=_now,
            randomness=os.urandom,
        )
        heartbeat = _heartbeat(config, queue, gateway)
        teller.begin()
        courier.start()
        heartbeat.start()
        with _stopping(lines.stop):
            for line in lines:
                report.scan(kiosk.take(line))
            heartbeat.stop()
            courier.stop(drain_seconds=_DRAIN_SECONDS)
        teller.end()
    if courier.failure is not None:
        raise CourierFailed(f"Sending failed ({courier.failure!r}); start the device again.") from courier.failure


def _sender(queue: ScanQueue, gateway: Gateway, teller: Teller) -> Sender:
    return Sender(
        queue=queue,
        post=gateway.post,
        now=_now,
        on_settled=teller.settled,
        on_trouble=teller.trouble,
        backoff=Backoff(),
    )


def _heartbeat(config: DeviceConfig, queue: ScanQueue, gateway: Gateway) -> Heartbeat:
    return Heartbeat(
        queue=queue,
        post=gateway.post,
        now=_now,
        randomness=os.urandom,
        version=config.version,
        every_seconds=config.heartbeat_seconds,
    )


@contextmanager
def _stopping(stop: Callable[[], None]) -> Iterator[None]:
    """Have SIGTERM and SIGINT call `stop` inside the block."""
    former = {number: signal.signal(number, lambda *_: stop()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _now() -> datetime:
    return datetime.now(UTC)
