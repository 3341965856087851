"""Where a person was, and who was somewhere: visits of a generated world, found the fast way."""

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError

from tests.sinks.tracing.ask import EVER, PEOPLE, VISIT, Landed, array, ask, between, hexadecimal, in_order, spans, told
from tests.sinks.tracing.world import BUS, COMPANY, HOTEL, World, area, commune
from tests.sinks.visits_oracle import Visit

pytestmark = pytest.mark.integration
_NOBODY = "F" * 32


def test_the_visits_of_some_are_those_among_all(landed: Landed) -> None:
    for span in spans(landed.world):
        found = ask(landed, VISIT, "visits_of", subjects=array(PEOPLE), **between(span))
        visited = [visit for visit in landed.world.visits if visit.person in PEOPLE and span.touched_by(visit)]
        assert found == in_order(map(told, visited))
        assert found


def test_trace_points_are_the_visits_of_all_pseudonyms_of_a_person(landed: Landed) -> None:
    columns = f"{VISIT}, minutes, place_name, commune, risk_level"
    asked = [*zip((1, 10), spans(landed.world), strict=True), *((person, EVER) for person in (2, 99, 8, 12, 105))]
    for person, span in asked:
        found = ask(landed, columns, "trace_points", person=hexadecimal(person), **between(span))
        visited = [visit for visit in landed.world.visits_of(person) if span.touched_by(visit)]
        assert found == in_order(_traced(visit, landed.world) for visit in visited)
        assert found


def _traced(visit: Visit, world: World) -> tuple[object, ...]:
    minutes = round((visit.end - visit.start).total_seconds() / 60, 6)
    return *told(visit), minutes, f"place {visit.place}", commune(visit.place), world.level_of(visit)


def test_pseudonyms_are_resolved_as_people_are(landed: Landed) -> None:
    columns = ", ".join(f"reinterpretAsUInt128(reverse({name}))" for name in ("asked", "person", "subject"))
    found = ask(landed, columns, "pseudonyms_of", subjects=array(PEOPLE))
    known = {person: landed.world.pseudonyms(person) for person in PEOPLE}
    assert found == in_order((person, min(all_), subject) for person, all_ in known.items() for subject in all_)
    assert len(found) > len(PEOPLE)


def test_a_person_nobody_knows_was_nowhere_and_one_misspelt_is_told_of(landed: Landed) -> None:
    days = between(spans(landed.world)[0])
    assert ask(landed, "*", "trace_points", person=f"'{_NOBODY}'", **days) == []
    with pytest.raises(DatabaseError, match="32 hexadecimal digits"):
        ask(landed, "*", "trace_points", person=f"'{_NOBODY[1:]}'", **days)


def test_who_was_in_a_place_are_its_visits(landed: Landed) -> None:
    for place, span in zip((COMPANY, HOTEL, BUS), [*spans(landed.world), EVER], strict=True):
        found = ask(landed, VISIT, "who_was_in_place", place=str(place), **between(span))
        there = [visit for visit in landed.world.visits if visit.place == place and span.touched_by(visit)]
        assert found == in_order(map(told, there))
        assert found


@pytest.mark.parametrize("level", ["COMMUNE", "DISTRICT", "PROVINCE"])
def test_who_was_in_an_area_are_the_visits_of_its_places(landed: Landed, level: str) -> None:
    span, code = spans(landed.world)[1], area(HOTEL, level)
    found = ask(landed, VISIT, "who_was_in_area", level=f"'{level}'", code=str(code), **between(span))
    there = [visit for visit in landed.world.visits if area(visit.place, level) == code]
    assert found == in_order(told(visit) for visit in there if span.touched_by(visit))
    assert found


def test_an_area_of_a_level_there_is_not_is_told_of(landed: Landed) -> None:
    days = between(spans(landed.world)[0])
    with pytest.raises(DatabaseError, match="COMMUNE, DISTRICT or PROVINCE"):
        ask(landed, "*", "who_was_in_area", level="'HAMLET'", code="1", **days)
