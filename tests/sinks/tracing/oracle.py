"""Who met whom, spelled out slowly over the visits of a small world."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.sinks.visits_oracle import Visit

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What is asked for, [since, until)."""

    since: datetime
    until: datetime

    def touched_by(self, visit: Visit) -> bool:
        """Tell whether a visit counts as within it."""
        return visit.start < self.until and visit.end >= self.since


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """What of a visit counts for meeting somebody there, and until when somebody who comes later is told of."""

    person: int
    visit: Visit
    start: datetime
    end: datetime
    lingers: datetime


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Meeting:
    """Another pseudonym's visit and the stay it touches."""

    stayer: int
    visit: Visit
    start: datetime
    end: datetime
    grade: str
    overlap_minutes: float
    minutes_after: float

    @property
    def together_from(self) -> datetime:
        """When both were there."""
        return max(self.visit.start, self.start)


def stays(
    visits: Iterable[Visit], *, span: Span, linger_minutes: int, person: int, met: datetime | None = None
) -> list[Stay]:
    """Return the part of each visit that lies in the span, after `met` if that is given.

    Nobody lingers after a visit that outlasts the span.
    """
    since = span.since if met is None else met
    return [
        Stay(
            person=person,
            visit=visit,
            start=max(visit.start, since),
            end=min(visit.end, span.until),
            lingers=visit.end + linger_minutes * _MINUTE if visit.end <= span.until else span.until,
        )
        for visit in visits
        if span.touched_by(visit) and visit.end >= since
    ]


def meetings(
    visits: Iterable[Visit],
    stayed: Sequence[Stay],
    *,
    but: Collection[int],
    min_overlap: int,
    is_vehicle: Callable[[int], bool],
) -> list[Meeting]:
    """Return whom the stays met: everybody at the place (on the trip) between their start and `lingers`."""
    return sorted(
        _meeting(visit, stay, min_overlap=min_overlap, is_vehicle=is_vehicle(visit.place))
        for visit in visits
        for stay in stayed
        if (visit.place, visit.trip) == (stay.visit.place, stay.visit.trip)
        and visit.person not in but
        and visit.start <= stay.lingers
        and visit.end >= stay.start
    )


def _meeting(visit: Visit, stay: Stay, *, min_overlap: int, is_vehicle: bool) -> Meeting:
    overlap = max((min(visit.end, stay.end) - max(visit.start, stay.start)) / _MINUTE, 0.0)
    return Meeting(
        stayer=stay.person,
        visit=visit,
        start=stay.start,
        end=stay.end,
        grade=_grade(visit, stay.visit, is_enough=overlap >= min_overlap or (is_vehicle and overlap > 0)),
        overlap_minutes=overlap,
        minutes_after=max((visit.start - stay.end) / _MINUTE, 0.0),
    )


def _grade(visit: Visit, other: Visit, *, is_enough: bool) -> str:
    if not is_enough:
        return "C"
    seen = not (visit.start_imputed or visit.end_imputed or other.start_imputed or other.end_imputed)
    return "A" if seen else "B"


def first_meetings(met: Iterable[Meeting], person_of: Mapping[int, int]) -> dict[int, datetime]:
    """Return since when each person counts as a contact: since its first meeting of class A or B."""
    found: dict[int, datetime] = {}
    for meeting in met:
        if meeting.grade in "AB":
            person = person_of[meeting.visit.person]
            found[person] = min(found.get(person, meeting.together_from), meeting.together_from)
    return found
