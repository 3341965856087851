"""The kiosk as a process: killed at any moment it loses no scan it has confirmed, and asked to end it does."""

import random
from collections import Counter
from pathlib import Path

import pytest

from schemas.enums import TokenKind
from streams.gateway.devices import InMemoryDeviceDirectory
from tests.streams.device.gateway_thread import GatewayThread
from tests.streams.device.kiosk_parts import line, queue_in
from tests.streams.device.kiosk_process import KioskProcess
from tests.streams.gateway.samples import KEY, raw_number

pytestmark = pytest.mark.crash
_LINES, _KILLS = 30, 8


def _waiting(directory: Path) -> int:
    queue = queue_in(directory)
    count = queue.count()
    queue.close()
    return count


def _subject(seed: object) -> bytes:
    return KEY.subject(kind=TokenKind.CCCD, identity=raw_number(seed))


def test_killed_at_random_moments_it_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    gateway, chance = GatewayThread(), random.Random(7)
    confirmed: dict[int, str] = {}
    fed: Counter[int] = Counter()
    kills = 0
    with gateway.up():
        while len(confirmed) < _LINES:
            kiosk = KioskProcess(tmp_path, gateway.url)
            doomed = kills < _KILLS
            # A guard scans on; a scan that no line was seen of is scanned again after the restart.
            for number in range(len(confirmed), min(_LINES, len(confirmed) + chance.randrange(1, 9))):
                fed[number] += 1
                kiosk.scan(line(number))
                shown = kiosk.outcome(seconds=chance.choice([0.0, 0.002, 0.02]) if doomed else 60.0)
                if shown is None:
                    break
                assert shown["outcome"] in {"ok", "stored"}, shown
                confirmed[number] = shown["scan_id"]
            kiosk.kill() if doomed else kiosk.unplug()
            kills += doomed
        while _waiting(tmp_path):
            KioskProcess(tmp_path, gateway.url).unplug()

    events = gateway.events()
    copies = {event["scan_id"]: (event["subject"], event["event_time"]) for event in events}
    assert {(event["scan_id"], event["subject"], event["event_time"]) for event in events} == {
        (scan_id, *rest) for scan_id, rest in copies.items()
    }
    assert {
        bytes.fromhex(scan_id.replace("-", "")): _subject(number) for number, scan_id in confirmed.items()
    }.items() <= {scan_id: subject for scan_id, (subject, _) in copies.items()}.items()
    scans = Counter(subject for subject, _ in copies.values())
    assert all(1 <= scans[_subject(number)] <= fed[number] for number in range(_LINES))
    assert len({event["device_seq"] for event in events}) == len(copies)


def test_asked_to_end_it_sends_what_it_can_and_ends_without_error(tmp_path: Path) -> None:
    gateway = GatewayThread()
    kiosk = KioskProcess(tmp_path, gateway.url)
    kiosk.scan(line("offline"))
    shown = kiosk.outcome()
    assert shown is not None
    assert shown["outcome"] == "stored"
    with gateway.up():
        assert kiosk.terminate() == 0
        assert kiosk.line() is not None
    assert [event["device_seq"] for event in gateway.events()] == [1]
    assert _waiting(tmp_path) == 0


def test_a_revoked_device_is_told_and_keeps_its_scans_until_it_is_enrolled_again(tmp_path: Path) -> None:
    gateway = GatewayThread(InMemoryDeviceDirectory())
    with gateway.up():
        kiosk = KioskProcess(tmp_path, gateway.url)
        kiosk.scan(line(1))
        notice, shown = kiosk.line(), kiosk.outcome()
        assert kiosk.unplug() == 0
    assert notice is not None
    assert notice["notice"].startswith("the gateway says: The device's token is not valid")
    assert shown is not None
    assert shown["outcome"] == "stored"
    assert (_waiting(tmp_path), gateway.events()) == (1, [])
