"""One waits for one scan: it is told, let go, or waits in vain for so long only."""

import threading
from datetime import timedelta

from streams.device.board import Board
from streams.device.queue import Waiting
from streams.device.sender import Settled
from tests.streams.device.kiosk_parts import scan

_MINUTE = timedelta(minutes=1).total_seconds()


def _settled(seed: object) -> Settled:
    return Settled(scan=Waiting(device_seq=1, scan_id=scan(seed).scan_id, event_time_ms=0, event=b""))


def test_the_one_who_waits_is_told_by_another_thread_and_the_rest_is_returned() -> None:
    board, mine, other = Board(), _settled("mine"), _settled("other")
    board.expect(mine.scan.scan_id)
    teller = threading.Thread(target=lambda: rest.extend(board.settle([other, mine])))
    rest: list[Settled] = []
    teller.start()
    assert board.wait(seconds=_MINUTE) is mine
    teller.join()
    assert rest == [other]


def test_when_nothing_can_be_sent_nobody_waits() -> None:
    board = Board()
    board.expect(scan("mine").scan_id)
    board.give_up()
    assert board.wait(seconds=_MINUTE) is None


def test_trouble_from_before_does_not_count_and_a_scan_waited_for_in_vain_is_nobodys() -> None:
    board, mine = Board(), _settled("mine")
    board.give_up()
    board.expect(mine.scan.scan_id)
    assert board.settle([mine]) == []
    assert board.wait(seconds=_MINUTE) is mine
    board.expect(mine.scan.scan_id)
    assert board.wait(seconds=0) is None
    assert board.settle([mine]) == [mine]
