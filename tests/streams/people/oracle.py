"""What is known of people, the slow and plain way: every event looked at for every question."""

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.enums import Flag, PassStatus
from schemas.report_enums import CaseStatus, IsolationAction, IsolationKind, PassAction
from streams.window.rules import DAY_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolation:
    """An isolation event."""

    subject: int
    thing: int
    told: int
    action: IsolationAction
    starts: int
    days: int
    kind: IsolationKind = IsolationKind.CENTRALISED
    site: int = 0
    commune: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case event; 0 is not known, or no end."""

    subject: int
    thing: int
    told: int
    status: CaseStatus
    infectious_from: int
    infectious_until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """A dose given."""

    subject: int
    told: int
    dose: int
    given: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """A pass event."""

    subject: int
    thing: int
    told: int
    action: PassAction
    valid_from: int
    valid_until: int


Status = Isolation | Case | Dose | Pass


def flags_at(events: Iterable[Status], *, subject: int, when: int) -> int:
    """Return the bits of `Flag` of a person at a time."""
    mine = [event for event in events if event.subject == subject]
    found = 0
    for thing in {event.thing for event in mine if isinstance(event, Isolation)}:
        found |= _isolation([event for event in mine if isinstance(event, Isolation) and event.thing == thing], when)
    for thing in {event.thing for event in mine if isinstance(event, Case)}:
        found |= _case([event for event in mine if isinstance(event, Case) and event.thing == thing], when)
    doses = max((event.dose for event in mine if isinstance(event, Dose) and event.given <= when), default=0)
    return found | (Flag.VACCINATED if doses else 0) | (Flag.FULLY_VACCINATED if doses > 1 else 0)


def _isolation(events: list[Isolation], when: int) -> int:
    spans = []
    for event in events:
        over = event.action is IsolationAction.ENDED
        begins, ends = (event.told, 1 << 62) if over else (event.starts, event.starts + event.days * DAY_MS)
        spans.append((event.told, over, begins, ends))
    spans = [span for span in spans if span[2] <= when]
    _, over, _, ends = max(spans, default=(0, True, 0, 0))
    return 0 if over or when >= ends else Flag.ISOLATED


def _case(events: list[Case], when: int) -> int:
    bits = {CaseStatus.SUSPECTED: Flag.SUSPECTED, CaseStatus.CONFIRMED: Flag.CASE}
    spans = []
    for event in events:
        over = event.status not in bits
        begins = event.told if over else min(event.told, event.infectious_from or event.told)
        ends = (1 << 62) if over else event.infectious_until or (1 << 62)
        spans.append((event.told, min(event.status, CaseStatus.REJECTED), begins, ends))
    spans = [span for span in spans if span[2] <= when]
    if not spans:
        return 0
    _, status, _, ends = max(spans)
    return bits.get(CaseStatus(status), 0) if when < ends else 0


def pass_status_at(events: Iterable[Status], *, subject: int, named: int, when: int) -> PassStatus:
    """Return the state of the named pass, or without one (0) the best of the person's passes."""
    told = [event for event in events if isinstance(event, Pass) and event.told <= when]
    wanted = [event for event in told if (event.thing == named if named else event.subject == subject)]
    found = [_pass([event for event in wanted if event.thing == thing], when) for thing in {it.thing for it in wanted}]
    order = (PassStatus.VALID, PassStatus.NOT_YET, PassStatus.REVOKED, PassStatus.EXPIRED)
    return next((status for status in order if status in found), PassStatus.NONE)


def _pass(events: list[Pass], when: int) -> PassStatus:
    revoked = max((event.told for event in events if event.action is PassAction.REVOKED), default=-1)
    grants = [event for event in events if event.action is not PassAction.REVOKED and event.told > revoked]
    if not grants:
        return PassStatus.REVOKED
    if any(event.valid_from <= when < event.valid_until for event in grants):
        return PassStatus.VALID
    return PassStatus.NOT_YET if any(when < event.valid_from for event in grants) else PassStatus.EXPIRED
