"""From a scanned line to the one line the guard sees."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from streams.device.board import Board
from streams.device.decoded import Decode, PassShown, Unreadable
from streams.device.pass_in_hand import PassInHand
from streams.device.queue import ScanQueue
from streams.device.queue_file import QueueError
from streams.device.report import Outcome, Shown
from streams.device.scan import ID_RANDOM_BYTES, Scan, Station, make_scan, milliseconds_of
from streams.device.sender import Settled

_WITH_PASSES = "checkpoint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kiosk:
    """One station. `wake` starts the sending, `online` tells whether it has a chance; the clock gives aware UTC."""

    station: Station
    decode: Decode
    queue: ScanQueue
    board: Board
    wake: Callable[[], None]
    online: Callable[[], bool]
    now: Callable[[], datetime]
    randomness: Callable[[int], bytes]
    # As long as a guard looks at the screen; the scan is safe before.
    patience_seconds: float = 2.0
    pass_in_hand: PassInHand = field(default_factory=PassInHand)

    def take(self, line: str) -> Shown:
        """Keep what a line names and return what to show: sent, stored for later, or refused with the reason.

        A scan that is shown as sent or stored is never lost. A line that names nobody is not kept; at a checkpoint a
        movement pass is held for the person scanned next.
        """
        now_ms = milliseconds_of(self.now())
        try:
            decoded = self.decode(line)
        except Unreadable as problem:
            return Shown(outcome=Outcome.REFUSED, time_ms=now_ms, reason=str(problem))
        if isinstance(decoded, PassShown):
            return self._pass(decoded, now_ms)
        scan = make_scan(
            decoded,
            self.station,
            now_ms=now_ms,
            randomness=self.randomness(ID_RANDOM_BYTES),
            pass_id=self.pass_in_hand.give(now_ms=now_ms),
        )
        try:
            return self._kept(scan)
        except QueueError as problem:
            return Shown(outcome=Outcome.REFUSED, time_ms=now_ms, reason=str(problem))

    def _pass(self, shown: PassShown, now_ms: int) -> Shown:
        if self.station.feed != _WITH_PASSES:
            reason = "A movement pass alone names nobody; scan the visitor's code or card."
            return Shown(outcome=Outcome.REFUSED, time_ms=now_ms, reason=reason)
        self.pass_in_hand.hold(shown.pass_id, now_ms=now_ms)
        return Shown(outcome=Outcome.PASS, time_ms=now_ms, reason="Now scan its holder's code or card.")

    def _kept(self, scan: Scan) -> Shown:
        self.board.expect(scan.scan_id)
        device_seq = self.queue.put(scan)
        self.wake()
        settled = self.board.wait(seconds=self.patience_seconds if self.online() else 0.0)
        if settled is not None:
            return shown_of(settled)
        return Shown(outcome=Outcome.STORED, time_ms=scan.event_time_ms, scan_id=scan.scan_id, device_seq=device_seq)


def shown_of(settled: Settled) -> Shown:
    """Return what to show of a scan that needs no more sending."""
    refused = settled.refused
    return Shown(
        outcome=Outcome.OK if refused is None else Outcome.REFUSED,
        time_ms=settled.scan.event_time_ms,
        scan_id=settled.scan.scan_id,
        device_seq=settled.scan.device_seq,
        reason=refused.reason if refused else "",
    )
