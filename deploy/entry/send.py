"""Send lines through the gateway, in bounded batches with back-off, until each has its final answer."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from deploy.entry.lines import Line
from streams.device.answer import Trouble, Verdict, verdict_of
from streams.device.backoff import Backoff
from streams.device.gateway import Post, Unreachable
from streams.device.queue import Waiting

_MOST_EVENTS = 500
# What a later attempt may change; any other refusal of a request stays.
_WORTH_REPEATING = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.TOO_MANY_REQUESTS}
)


class GaveUp(Exception):
    """Some lines are not sent; the text says why."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A line with its final answer; `reason` is empty if the gateway has stored it."""

    line: Line
    reason: str = ""


@dataclass(slots=True, kw_only=True)
class Sending:
    """One way to the gateway. `now` gives aware UTC, `wait` sleeps for seconds.

    Without any progress for `patience_seconds` of waiting it gives up.
    """

    post: Post
    now: Callable[[], datetime]
    wait: Callable[[float], object]
    backoff: Backoff = field(default_factory=Backoff)
    patience_seconds: float = 300.0
    most_events: int = _MOST_EVENTS

    def send(self, lines: Sequence[Line]) -> Iterator[Settled]:
        """Yield each line as it is settled; raise GaveUp when the rest can't be."""
        waiting, waited = deque(lines), 0.0
        while waiting:
            batch = [waiting.popleft() for _ in range(min(self.most_events, len(waiting)))]
            verdict = self._ask(batch)
            settled = _settled(batch, verdict)
            yield from settled
            done = {one.line.number for one in settled}
            waiting.extendleft(line for line in reversed(batch) if line.number not in done)
            waited = 0.0 if settled else waited
            if verdict.trouble is not None:
                waited += self._pause(verdict.trouble, events=len(batch), waited=waited)
            else:
                self.backoff.reset()

    def _ask(self, batch: Sequence[Line]) -> Verdict:
        body = b"[" + b",".join(line.event or b"" for line in batch) + b"]"
        try:
            reply = self.post(body)
        except Unreachable as error:
            return Verdict(trouble=Trouble(sentence=str(error)))
        verdict = verdict_of(reply, [_waiting(line) for line in batch], now=self.now())
        if verdict.trouble is not None and 400 <= reply.status < 500 and reply.status not in _WORTH_REPEATING:
            raise GaveUp(verdict.trouble.sentence)
        return verdict

    def _pause(self, trouble: Trouble, *, events: int, waited: float) -> float:
        """Wait as long as is due and return how long that was, in seconds; raise GaveUp if it was enough."""
        if trouble.too_large and events > 1:
            self.most_events = events // 2
            return 0.0
        if waited >= self.patience_seconds or trouble.too_large:
            raise GaveUp(trouble.sentence)
        seconds = self.backoff.pause_seconds(at_least=max(trouble.wait_seconds, 0.1))
        self.wait(seconds)
        return seconds


def _waiting(line: Line) -> Waiting:
    return Waiting(device_seq=line.number, scan_id=line.event_id, event_time_ms=0, event=None)


def _settled(batch: Sequence[Line], verdict: Verdict) -> list[Settled]:
    stored = {one.device_seq for one in verdict.delivered}
    refused = {one.device_seq: one.reason for one in verdict.refused}
    return [
        Settled(line, refused.get(line.number, "")) for line in batch if line.number in stored or line.number in refused
    ]
