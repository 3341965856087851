"""Tell what changes beside the scan in hand: trouble and its end, refusals that come late, what waits."""

from collections.abc import Sequence

from streams.device.answer import Trouble
from streams.device.board import Board
from streams.device.kiosk import shown_of
from streams.device.queue import ScanQueue
from streams.device.report import Report
from streams.device.sender import Settled


class Teller:
    """`settled` and `trouble` are for the sender's thread, `begin` and `end` for before and after it."""

    def __init__(self, queue: ScanQueue, board: Board, report: Report) -> None:
        """Begin without trouble."""
        self._queue, self._board, self._report = queue, board, report
        self._sentence = ""
        self._sent_late = 0

    def begin(self) -> None:
        """Say what waits from before."""
        if waiting := self._queue.count():
            self._report.notice(f"scans from before that wait here and will be sent: {waiting:,}")

    def end(self) -> None:
        """Say what still waits."""
        waiting = self._queue.count()
        self._report.notice(f"stopped; scans that wait here for the next start: {waiting:,}" if waiting else "stopped")

    def settled(self, done: Sequence[Settled]) -> None:
        """Show what the guard was told to be stored and is refused after all, and count what was sent."""
        late = self._board.settle(done)
        for one in late:
            if one.refused is not None:
                self._report.scan(shown_of(one))
        self._sent_late += sum(one.refused is None for one in late)

    def trouble(self, trouble: Trouble | None) -> None:
        """Tell a new trouble once, and what was sent once it is over."""
        sentence = trouble.sentence if trouble else ""
        if sentence and sentence != self._sentence:
            self._report.notice(f"{sentence}; scans are stored here and sent later")
        self._sentence = sentence
        if trouble is not None:
            self._board.give_up()
        if not sentence and self._sent_late and not self._queue.count():
            self._report.notice(f"stored scans sent: {self._sent_late:,}; none waits")
            self._sent_late = 0
