"""Decisions on areas: read them from raw events, and tell which one holds where and when."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from schemas.decode import decode_batch, spans_of
from schemas.kinds import DECISION
from schemas.plan import plan_of
from schemas.report_enums import AreaLevel, DecisionAbout
from streams.rules.table import rule_of
from streams.window.clock import reason_of, skew_of

#: The end of what has none, in ms.
FOREVER_MS = int(np.iinfo(np.int64).max)
#: Offset of what the register of areas says: recorded before any event.
_REGISTERED = -1
_INTEGERS = (
    "about", "level", "area_code", "risk_level", "regime", "valid_from", "valid_until",
    "event_time", "sent_at", "received_at",
)  # fmt: skip


class Told(NamedTuple):
    """A raw event as Kafka has it: its bytes, the broker's time in ms, and where it lies."""

    key: bytes
    value: bytes
    logged_ms: int
    partition: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision on an area, in force from `valid_from_ms` until before `valid_until_ms`.

    `value` is a risk level or the code of a `Regime`, by what it is `about`. The other three tell when it was recorded.
    """

    about: DecisionAbout
    level: AreaLevel
    area_code: int
    value: int
    valid_from_ms: int
    valid_until_ms: int = FOREVER_MS
    logged_ms: int = 0
    partition: int = 0
    offset: int = _REGISTERED

    @property
    def rank(self) -> tuple[int, ...]:
        """Of the decisions in force on a commune the one with the highest rank holds.

        The one valid from later; then the one on the smaller area, since a decision on a province names its exceptions
        from the same day; then the one recorded later, which corrects the other.
        """
        return self.valid_from_ms, -self.level, self.logged_ms, self.partition, self.offset, self.value


class Step(NamedTuple):
    """What holds in a commune from `since_ms` until the next step."""

    since_ms: int
    risk_level: int
    regime: int


def read_decisions(told: Sequence[Told]) -> dict[bytes, Decision]:
    """Return the valid decisions among raw events, by event id; of one sent twice the first.

    An event is valid if it lands: what the worker rejects is in the dead letters with its reason, and not told again.
    """
    columns, status = decode_batch(plan_of(DECISION), spans_of([event.value for event in told]))
    rule_of(DECISION).check(columns, status)
    ids, subjects = columns.words("event_id"), columns.words("subject")
    rows = zip(*(columns.integer(name).tolist() for name in _INTEGERS), strict=True)
    found: dict[bytes, Decision] = {}
    for row, (event, fields) in enumerate(zip(told, rows, strict=True)):
        *said, event_ms, sent_ms, received_ms = fields
        skew_ms = skew_of(sent_ms, received_ms)
        keyed, age_ms = event.key == subjects[row].tobytes(), event.logged_ms - event_ms - skew_ms
        if status[row] == 0 and reason_of(keyed, *subjects[row], *ids[row], skew_ms, age_ms) == 0:
            found.setdefault(ids[row].tobytes(), _decision(said, event))
    return found


def _decision(said: Sequence[int], event: Told) -> Decision:
    about, level, area_code, risk_level, regime, valid_from_ms, valid_until_ms = said
    return Decision(
        about=DecisionAbout(about),
        level=AreaLevel(level),
        area_code=area_code,
        value=risk_level if about == DecisionAbout.RISK else regime,
        valid_from_ms=valid_from_ms,
        valid_until_ms=valid_until_ms or FOREVER_MS,
        logged_ms=event.logged_ms,
        partition=event.partition,
        offset=event.offset,
    )


def steps_of(decisions: Sequence[Decision]) -> tuple[Step, ...]:
    """Return what holds over time in a commune that all these `decisions` apply to, in ascending order of time.

    They are in ascending order of rank. Before the first step and where nothing is in force the risk level is 0 and the
    regime NONE.
    """
    bounds = {one.valid_from_ms for one in decisions} | {one.valid_until_ms for one in decisions}
    times = sorted(bounds - {FOREVER_MS})
    risk, regime = (_values([one for one in decisions if one.about is about], times) for about in DecisionAbout)
    steps: list[Step] = []
    for step in map(Step, times, risk, regime):
        if (steps[-1][1:] if steps else (0, 0)) != step[1:]:
            steps.append(step)
    return tuple(steps)


def _values(decisions: Sequence[Decision], times: Iterable[int]) -> Iterator[int]:
    """Return the value of the decision that holds at each of the ascending `times`; 0 where none does.

    Those that began are stacked up by rank, which goes by their beginning: the topmost that is not over holds.
    """
    waiting, begun = deque(decisions), list[Decision]()
    for at_ms in times:
        while waiting and waiting[0].valid_from_ms <= at_ms:
            begun.append(waiting.popleft())
        while begun and begun[-1].valid_until_ms <= at_ms:
            begun.pop()
        yield begun[-1].value if begun else 0
