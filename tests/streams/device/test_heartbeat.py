"""A heartbeat is a small event; without being enabled there is none."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from schemas.enums import Role
from schemas.kinds import FEEDS, HEARTBEAT
from schemas.wire import decode
from streams.device.heartbeat import Backlog, Heartbeat, heartbeat_of
from streams.device.scan import milliseconds_of
from streams.gateway.feed_parser import Stamp
from streams.gateway.outcome import Ready
from streams.gateway.parse import Parser
from tests.streams.device.kiosk_parts import START, Clock, FakeGateway, nobody, queue_in, scan
from tests.streams.gateway.samples import DEVICE_ID, KEY

_NOW_MS = milliseconds_of(START)


def _heartbeat(directory: Path, gateway: FakeGateway) -> Heartbeat:
    clock = Clock()
    clock.pass_by(90)
    return Heartbeat(
        queue=queue_in(directory), post=gateway.post, now=clock, randomness=bytes, version="1.2", every_seconds=0.0
    )


@pytest.mark.parametrize("oldest_ms", [None, _NOW_MS + 5_000])
def test_an_idle_device_has_nothing_unsent_and_a_clock_set_back_gives_no_negative_age(oldest_ms: int | None) -> None:
    backlog = Backlog(waiting=0, oldest_ms=oldest_ms, last_number=0)
    assert heartbeat_of(backlog, now_ms=_NOW_MS, randomness=bytes(10), version="")["oldest_queued_s"] == 0


def test_it_tells_what_waits_and_since_when_and_a_failure_is_nobodys_trouble(tmp_path: Path) -> None:
    gateway = FakeGateway()
    heartbeat = _heartbeat(tmp_path, gateway)
    heartbeat.queue.settle(delivered=[heartbeat.queue.put(scan(1))], refused=[], now_ms=0)
    heartbeat.queue.put(scan(2))
    heartbeat.beat()
    gateway.behave = nobody
    heartbeat.beat()
    heartbeat.queue.close()
    (beat,) = gateway.stored
    assert beat == {
        "feed": "heartbeat",
        "event_id": beat["event_id"],
        "event_time": _NOW_MS + 90_000,
        "sent_at": _NOW_MS + 90_000,
        "queued": 1,
        "oldest_queued_s": 90,
        "device_seq": 2,
        "app_version": "1.2",
    }


def test_it_is_off_unless_enabled(tmp_path: Path) -> None:
    gateway = FakeGateway()
    heartbeat = _heartbeat(tmp_path, gateway)
    heartbeat.start()
    heartbeat.stop()
    heartbeat.queue.close()
    assert gateway.batches == []


def test_the_gateway_takes_it_as_a_heartbeat() -> None:
    beat = heartbeat_of(
        Backlog(waiting=3, oldest_ms=_NOW_MS - 61_500, last_number=9),
        now_ms=_NOW_MS,
        randomness=bytes(10),
        version="1.2",
    )
    stamp = Stamp(DEVICE_ID, _NOW_MS + 40_000, Role.SCANNER)
    outcome = Parser(FEEDS, KEY).json(msgspec.json.encode(beat), stamp, "venue")
    assert isinstance(outcome, Ready)
    kind, event = decode(outcome.value)
    assert kind is HEARTBEAT
    assert (event["device_id"], event["queued"], event["oldest_queued_s"], event["device_seq"]) == (DEVICE_ID, 3, 61, 9)
    assert event["received_at"] - event["sent_at"] == timedelta(seconds=40)
