"""Judge each row of a table before anything is sent: the event it is, or every reason why not."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import msgspec
import numpy as np

from deploy.entry.credential import Credential
from deploy.entry.form import Form
from deploy.tables.row import Row
from schemas.decode import OK, decode_batch, spans_of
from schemas.entered import entry_id
from schemas.enums import Reason
from schemas.kinds import Feed
from schemas.plan import plan_of
from schemas.pseudonym import PseudonymKey
from streams.gateway.feed_parser import Stamp
from streams.gateway.outcome import Invalid
from streams.gateway.parse import Parser
from streams.rules.table import rule_of
from streams.window.rules import DAY_MS, FUTURE_MS, VERY_LATE_MS

# The gateway makes the pseudonyms; what this one makes is thrown away.
_NO_KEY = PseudonymKey(0, bytes(32))
_WORDS = {
    Reason.BAD_PERIOD: "a period ends before it begins, or lasts too long",
    Reason.BAD_REFERENCE: "what it refers to is empty",
    Reason.CONTRADICTION: "its fields contradict each other",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: the event as it is sent, with its identity, or the reasons why there is none."""

    number: int
    event_id: uuid.UUID
    event: bytes | None = field(repr=False)
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Says of rows what the gateway and the worker would say, by their own rules, at one moment."""

    form: Form
    credential: Credential
    now_ms: int

    def lines(self, rows: Iterable[Row]) -> list[Line]:
        """Return every row's line, in order. A row that says the same as one before is refused.

        A line's identity follows from what it says alone: whoever sends it again, from whatever file, sends a retry.
        """
        parser, first_at = Parser([self.form.feed], _NO_KEY), dict[uuid.UUID, int]()
        lines, messages = list[Line](), list[bytes]()
        for row in rows:
            line, message = self._line(row, parser, first_at)
            lines.append(line)
            messages.append(message)
        return _contradictions(self.form.feed, lines, messages)

    def _line(self, row: Row, parser: Parser, first_at: dict[uuid.UUID, int]) -> tuple[Line, bytes]:
        event, reasons = self.form.event_of(row)
        event_id = entry_id(event, self.credential.id_key)
        body = msgspec.json.encode({**event, self.form.id_field: str(event_id)})
        message = b""
        if not reasons:
            reasons += self._about_time(event["event_time"]) if "event_time" in event else []
            stamp = Stamp(self.credential.device_id, self.now_ms, self.credential.role)
            outcome = parser.json(body, stamp, self.form.feed.name)
            if isinstance(outcome, Invalid):
                reasons.append(outcome.reason)
            elif not reasons and first_at.setdefault(event_id, row.line) != row.line:
                reasons.append(f"it says the same as line {first_at[event_id]}")
            else:
                message = outcome.value
        line = Line(number=row.line, event_id=event_id, event=None if reasons else body, reasons=tuple(reasons))
        return line, message

    def _about_time(self, event_ms: int) -> list[str]:
        if self.now_ms - event_ms > VERY_LATE_MS:
            return [f"event_time is more than {VERY_LATE_MS // DAY_MS} days ago; what is that old is not taken"]
        return ["event_time is in the future"] if event_ms - self.now_ms > FUTURE_MS else []


def _contradictions(feed: Feed, lines: list[Line], messages: Sequence[bytes]) -> list[Line]:
    """Return the lines, those refused whose fields the worker would find to contradict each other."""
    sound = [index for index, line in enumerate(lines) if line.event is not None]
    if sound:
        columns, status = decode_batch(plan_of(feed), spans_of([messages[index] for index in sound]))
        rule_of(feed).check(columns, status)
        for wrong in np.flatnonzero(status != OK).tolist():
            reason = Reason(int(status[wrong]))
            words = _WORDS.get(reason, f"the worker would refuse it: {reason.name}")
            lines[sound[wrong]] = replace(lines[sound[wrong]], event=None, reasons=(words,))
    return lines
