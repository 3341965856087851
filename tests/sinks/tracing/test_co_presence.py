"""Who may have met whom, and whom those met later."""

from collections.abc import Collection
from datetime import datetime

import pytest

from tests.sinks.tracing.ask import VISIT, Landed, ask, between, hexadecimal, in_order, spans, told
from tests.sinks.tracing.oracle import Meeting, Span, first_meetings, meetings, stays
from tests.sinks.tracing.world import BUS, World

pytestmark = pytest.mark.integration
_MET = f"{VISIT}, {{0}}_start, {{0}}_end, class, overlap_minutes, score"


def _met(world: World, person: int, span: Span, *, min_overlap: int, linger: int) -> list[Meeting]:
    own = world.pseudonyms(person)
    stayed = stays(world.visits_of(person), span=span, linger_minutes=linger, person=person)
    return meetings(world.visits_apart, stayed, but=own, min_overlap=min_overlap, is_vehicle=_is_vehicle)


def _is_vehicle(place: int) -> bool:
    return place == BUS


def _row(meeting: Meeting, world: World) -> tuple[object, ...]:
    figures = round(meeting.overlap_minutes, 6), round(_score(meeting, world), 6)
    return *told(meeting.visit), meeting.start, meeting.end, meeting.grade, *figures


@pytest.mark.parametrize(
    ("person", "min_overlap", "linger", "grades"), [(1, 15, 30, "ABC"), (10, 0, 0, "AB"), (2, 60, 120, "BC")]
)
def test_co_presence_is_everybody_who_touched_a_stay(
    landed: Landed, person: int, min_overlap: int, linger: int, grades: str
) -> None:
    span = spans(landed.world)[person % 2]
    given = {"min_overlap": str(min_overlap), "linger": str(linger), **between(span)}
    columns = f"{_MET.format('case')}, minutes_after, total_score"
    found = ask(landed, columns, "co_presence", person=hexadecimal(person), **given)
    met = _met(landed.world, person, span, min_overlap=min_overlap, linger=linger)
    assert found == in_order(_with_total(met, landed.world))
    assert set(grades) <= {meeting.grade for meeting in met}


def _with_total(met: list[Meeting], world: World) -> list[tuple[object, ...]]:
    totals: dict[int, float] = {}
    for meeting in met:
        totals[meeting.visit.person] = totals.get(meeting.visit.person, 0.0) + _score(meeting, world)
    return [
        (*_row(meeting, world), round(meeting.minutes_after, 6), round(totals[meeting.visit.person], 6))
        for meeting in met
    ]


def _score(meeting: Meeting, world: World) -> float:
    return meeting.overlap_minutes * max(world.level_of(meeting.visit), 1)


def test_the_second_hop_meets_only_whom_the_first_met_since(landed: Landed) -> None:
    person, span = 5, spans(landed.world)[1]
    columns = f"{_MET.format('first')}, reinterpretAsUInt128(reverse(first_person)), first_met"
    given = {"min_overlap": "15", **between(span)}
    found = ask(landed, columns, "co_presence_second_hop", person=hexadecimal(person), **given)
    assert found == in_order(_second_hop(landed.world, person, span))
    assert found


def _second_hop(world: World, person: int, span: Span) -> list[tuple[object, ...]]:
    firsts = first_meetings(_met(world, person, span, min_overlap=15, linger=0), world.person_of)
    known = world.pseudonyms(person) | {number for first in firsts for number in world.pseudonyms(first)}
    met = [meeting for first, since in firsts.items() for meeting in _met_by(world, first, since, span, but=known)]
    return [(*_row(meeting, world), meeting.stayer, firsts[meeting.stayer]) for meeting in met if meeting.grade in "AB"]


def _met_by(world: World, first: int, since: datetime, span: Span, *, but: Collection[int]) -> list[Meeting]:
    stayed = stays(world.visits_of(first), span=span, linger_minutes=0, person=first, met=since)
    return meetings(world.visits_apart, stayed, but=but, min_overlap=15, is_vehicle=_is_vehicle)
