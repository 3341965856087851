"""Send what waits, one bounded batch at a time, oldest first.

1. Take the oldest scans that wait.
2. Send them, each with its number, the time of sending and whether it has been stored: all else is as it was made.
3. Delete what the gateway has, remember what it refused; what it did not settle still waits.
4. Say how long to pause: not at all after a success, else what the gateway asks for and the back-off.

A crash between 2 and 3 sends a batch again: the same scan_id counts once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from streams.device.answer import Trouble, Verdict, refusal_of, verdict_of
from streams.device.backoff import Backoff
from streams.device.gateway import Post, Unreachable
from streams.device.queue import Refused, ScanQueue, Waiting
from streams.device.queue_file import QueueError
from streams.device.scan import milliseconds_of

#: A request and a quick second one fit in; what takes longer was stored and forwarded.
PROMPT_MS = 5_000
# About 80 kB: a second on a poor mobile network, and an hour of a busy kiosk in ten requests.
_MOST_EVENTS = 200
_DAMAGED = "what lay on this device's disk is damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A scan that needs no more sending; `refused` is None if the gateway has it."""

    scan: Waiting
    refused: Refused | None = None


@dataclass(slots=True, kw_only=True)
class Sender:
    """Sends batches of at most `most_events`. Used by one thread; the clock gives aware UTC.

    `on_settled` is told of scans when their rows are gone, `on_trouble` of what keeps the others, None once it is over.
    """

    queue: ScanQueue
    post: Post
    now: Callable[[], datetime]
    on_settled: Callable[[Sequence[Settled]], None]
    on_trouble: Callable[[Trouble | None], None]
    backoff: Backoff
    most_events: int = _MOST_EVENTS
    online: bool = True
    _fitting: int = field(default=_MOST_EVENTS, init=False)

    def step(self) -> float | None:
        """Send one batch. Return the seconds to pause before the next, 0 for none, or None if nothing waits."""
        try:
            batch = self.queue.oldest(min(self.most_events, self._fitting))  # 1
            if not batch:
                return None
            verdict = self._sent(batch)  # 2
            self._settle(batch, verdict)  # 3
        except QueueError as error:
            verdict = Verdict(trouble=Trouble(sentence=str(error)))
            batch = []
        return self._pause(verdict.trouble, events=len(batch))  # 4

    def _sent(self, batch: Sequence[Waiting]) -> Verdict:
        whole = [scan for scan in batch if scan.event is not None]
        damaged = [refusal_of(scan, _DAMAGED) for scan in batch if scan.event is None]
        verdict = self._asked(whole) if whole else Verdict()
        return Verdict(delivered=verdict.delivered, refused=[*verdict.refused, *damaged], trouble=verdict.trouble)

    def _asked(self, batch: Sequence[Waiting]) -> Verdict:
        try:
            reply = self.post(self._body(batch))
        except Unreachable as error:
            return Verdict(trouble=Trouble(sentence=str(error)))
        return verdict_of(reply, batch, now=self.now())

    def _body(self, batch: Sequence[Waiting]) -> bytes:
        now_ms = milliseconds_of(self.now())
        return msgspec.json.encode([sendable(scan, now_ms) for scan in batch])

    def _settle(self, batch: Sequence[Waiting], verdict: Verdict) -> None:
        if not verdict.delivered and not verdict.refused:
            return
        self.queue.settle(
            delivered=[scan.device_seq for scan in verdict.delivered],
            refused=verdict.refused,
            now_ms=milliseconds_of(self.now()),
        )
        refused = {one.device_seq: one for one in verdict.refused}
        done = refused.keys() | {scan.device_seq for scan in verdict.delivered}
        self.on_settled(
            [Settled(scan=scan, refused=refused.get(scan.device_seq)) for scan in batch if scan.device_seq in done]
        )

    def _pause(self, trouble: Trouble | None, *, events: int) -> float:
        if trouble is not None and trouble.too_large and events > 1:
            self._fitting = events // 2
            return 0.0
        self.online = trouble is None
        self.on_trouble(trouble)
        if trouble is not None:
            return self.backoff.pause_seconds(at_least=trouble.wait_seconds)
        self._fitting = min(2 * self._fitting, self.most_events)
        self.backoff.reset()
        return 0.0


def sendable(scan: Waiting, now_ms: int) -> dict[str, Any]:
    """Return the event of a scan as it is sent now (ms since 1970)."""
    event: dict[str, Any] = msgspec.json.decode(scan.event or b"{}")
    return event | {
        "scan_id": str(scan.scan_id),
        "device_seq": scan.device_seq,
        "event_time": scan.event_time_ms,
        "sent_at": now_ms,
        "offline": now_ms - scan.event_time_ms > PROMPT_MS,
    }
