"""The guard learns what became of a scan; what is shown as safe is on the disk."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from streams.device.answer import Reply
from streams.device.backoff import Backoff
from streams.device.board import Board
from streams.device.decoded import Decoded, PassShown, typed
from streams.device.kiosk import Kiosk
from streams.device.queue import ScanQueue
from streams.device.queue_file import QueueError
from streams.device.report import Outcome, Report
from streams.device.sender import Sender
from streams.device.teller import Teller
from tests.streams.device.kiosk_parts import STATION, Clock, FakeGateway, line, nobody, queue_in


class Booth:
    """A kiosk whose sender works whenever it is woken, in the same thread."""

    def __init__(self, directory: Path) -> None:
        self.clock, self.gateway, self.queue, self.out = Clock(), FakeGateway(), queue_in(directory), io.StringIO()
        board = Board()
        self.teller = Teller(self.queue, board, Report(self.out, as_json=False))
        self.sender = Sender(
            queue=self.queue,
            post=self.gateway.post,
            now=self.clock,
            on_settled=self.teller.settled,
            on_trouble=self.teller.trouble,
            backoff=Backoff(),
        )
        self.kiosk = Kiosk(
            station=STATION,
            decode=typed,
            queue=self.queue,
            board=board,
            wake=self.work,
            online=lambda: self.sender.online,
            now=self.clock,
            randomness=lambda count: bytes([len(self.gateway.batches) % 256]) * count,
            patience_seconds=0.0,
        )

    def work(self) -> None:
        """Send until nothing waits or the gateway fails."""
        while self.sender.step() == 0.0:
            pass

    def notices(self) -> list[str]:
        """Return what was said beside the scans' own lines."""
        return [text.removeprefix("--        ") for text in self.out.getvalue().splitlines()]


@pytest.fixture
def booth(tmp_path: Path) -> Iterator[Booth]:
    """Return a kiosk with a gateway that takes everything."""
    booth = Booth(tmp_path)
    yield booth
    booth.queue.close()


def test_a_scan_the_gateway_has_is_ok(booth: Booth) -> None:
    shown = booth.kiosk.take(line("a"))
    assert (shown.outcome, shown.device_seq, shown.reason) == (Outcome.OK, 1, "")
    assert booth.gateway.scan_ids() == [shown.scan_id]
    assert booth.notices() == []


def test_a_scan_without_a_gateway_is_stored_and_what_follows_is_told_once(booth: Booth) -> None:
    booth.gateway.behave = nobody
    assert [booth.kiosk.take(line(number)).outcome for number in range(3)] == [Outcome.STORED] * 3
    booth.gateway.behave = lambda _events: None
    booth.work()
    assert booth.notices() == [
        "the gateway can't be reached (NewConnectionError); scans are stored here and sent later",
        "stored scans sent: 3; none waits",
    ]
    assert booth.kiosk.take(line("later")).outcome is Outcome.OK


def test_what_the_gateway_refuses_is_shown_with_its_reason(booth: Booth) -> None:
    body = b'{"events": [{"status": "rejected", "index": 0, "reason": "identity.number is masked"}]}'
    booth.gateway.behave = lambda _events: Reply(status=200, body=body)
    shown = booth.kiosk.take(line("a"))
    assert (shown.outcome, shown.reason, shown.device_seq) == (Outcome.REFUSED, "identity.number is masked", 1)


def test_what_was_stored_and_is_refused_later_is_shown_then(booth: Booth) -> None:
    booth.gateway.behave = nobody
    booth.kiosk.take(line("a"))
    body = b'{"events": [{"status": "rejected", "index": 0, "reason": "too bad"}]}'
    booth.gateway.behave = lambda _events: Reply(status=200, body=body)
    booth.work()
    assert booth.notices()[-1].endswith("REFUSED  scan 1  too bad")


def test_a_line_that_names_nobody_is_refused_at_once_and_kept_nowhere(booth: Booth) -> None:
    shown = booth.kiosk.take("rubbish")
    assert (shown.outcome, shown.scan_id) == (Outcome.REFUSED, None)
    assert shown.reason.startswith("The code can't be read; scan it again")
    assert booth.gateway.batches == []


def test_a_scan_that_cannot_be_kept_is_refused(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> int:
        raise QueueError("this device's queue can't be written (disk full); free space on its disk or mend it")

    monkeypatch.setattr(ScanQueue, "put", full)
    shown = booth.kiosk.take(line("a"))
    assert (shown.outcome, "free space" in shown.reason) == (Outcome.REFUSED, True)


@pytest.mark.parametrize(("seconds", "linked"), [(0, True), (60, True), (60.001, False), (-1, False)])
def test_at_a_checkpoint_a_pass_goes_with_the_person_scanned_next(
    booth: Booth, seconds: float, *, linked: bool
) -> None:
    kiosk = replace(booth.kiosk, station=replace(STATION, feed="checkpoint"), decode=_with_passes)
    kiosk.take("pass 1")
    shown = kiosk.take("pass 2")
    assert (shown.outcome, shown.reason) == (Outcome.PASS, "Now scan its holder's code or card.")
    booth.clock.pass_by(seconds)
    assert [kiosk.take(line(number)).outcome for number in range(2)] == [Outcome.OK] * 2
    assert [event.get("pass_id") for event in booth.gateway.stored] == [(b"2" * 16).hex() if linked else None, None]


def test_elsewhere_a_pass_names_nobody(booth: Booth) -> None:
    shown = replace(booth.kiosk, decode=_with_passes).take("pass 1")
    assert (shown.outcome, "scan the visitor's code" in shown.reason) == (Outcome.REFUSED, True)


def _with_passes(text: str) -> Decoded | PassShown:
    return PassShown(text[-1:].encode() * 16) if text.startswith("pass") else typed(text)


def test_what_waits_is_told_at_the_start_and_at_the_end(booth: Booth) -> None:
    booth.teller.begin()
    assert booth.notices() == []
    booth.gateway.behave = nobody
    booth.kiosk.take(line("a"))
    booth.teller.begin()
    booth.teller.end()
    assert booth.notices()[-2:] == [
        "scans from before that wait here and will be sent: 1",
        "stopped; scans that wait here for the next start: 1",
    ]
