"""What each role reads, asked of the real engine: of everything the catalogue grants, only rows of their own scope."""
# ruff: noqa: S608 -- names of our own

import http.client

import pytest

from sinks.access.catalogue import CATALOGUE
from sinks.access.relation import PERSONAL
from tests.deploy.access.looking import Looking, arguments
from tests.deploy.access.world import DATABASE, PEOPLE, SPOTS

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module", name="columns")
def _columns(looking: Looking) -> dict[str, set[str]]:
    """Return the columns of each relation that is there, of those with parameters as their readers are told them."""
    rows = looking.administrator(
        f"SELECT table, groupArray(name) FROM system.columns WHERE database = '{DATABASE}' GROUP BY table FORMAT TSVRaw"
    )
    pairs = (line.split("\t") for line in rows.splitlines())
    found = {table: set(names.strip("[]").replace("'", "").split(",")) for table, names in pairs}
    for name, parameters in looking.parameters().items():
        relation = CATALOGUE.get(name)
        if parameters and relation and relation.as_owner and relation.readers:
            called = f"{name}({arguments(parameters, number=0)})"
            told = looking.ask(next(iter(relation.readers)), f"DESCRIBE (SELECT * FROM {called})").text
            found[name] = {line.split("\t")[0] for line in told.splitlines()}
    return found


@pytest.fixture(scope="module", name="there")
def _there(looking: Looking) -> set[str]:
    """Return the tables and views there are."""
    names = looking.administrator(f"SELECT name FROM system.tables WHERE database = '{DATABASE}'").split("\n")
    return {name for name in names if not name.startswith(".inner")}


def test_every_table_and_view_is_in_the_catalogue(there: set[str]) -> None:
    assert there <= set(CATALOGUE)


def test_columns_that_are_granted_exist(columns: dict[str, set[str]]) -> None:
    for found in CATALOGUE.values():
        for granted in found.readers.values():
            assert set(granted) <= columns.get(found.name, set(granted)), found.name


def test_roles_that_do_not_see_people_get_no_column_that_tells_of_one(columns: dict[str, set[str]]) -> None:
    for found in CATALOGUE.values():
        for role, granted in found.readers.items():
            if not PEOPLE[role].role.sees_people:
                told = (set(granted) or columns.get(found.name, set())) & PERSONAL
                assert not told - _OF_THINGS.get(found.name, set()), (found.name, role)


def test_views_that_read_as_their_owner_give_no_column_that_tells_of_a_person(columns: dict[str, set[str]]) -> None:
    for found in CATALOGUE.values():
        if found.as_owner and found.name != "people":
            every = columns.get(found.name, set())
            given = set().union(*found.readers.values()) if all(found.readers.values()) else every
            assert not (given & PERSONAL) - _OF_THINGS.get(found.name, set()), found.name


@pytest.mark.parametrize("role", PEOPLE)
def test_a_role_is_shown_what_the_catalogue_grants_and_nothing_else(
    looking: Looking, there: set[str], role: str
) -> None:
    shown = looking.ask(role, f"SHOW TABLES FROM {DATABASE}").text.split()
    assert set(shown) == {name for name, found in CATALOGUE.items() if role in found.readers} & there


def test_what_everybody_inside_may_see_can_be_read(looking: Looking, there: set[str]) -> None:
    takes = looking.parameters()
    for name, found in CATALOGUE.items():
        if found.as_owner and not found.reach and found.readers and name in there:
            called = f"{name}({arguments(takes[name], number=0)})" if takes.get(name) else name
            role, columns = next(iter(found.readers.items()))
            answer = looking.ask(role, f"SELECT {', '.join(columns) or '*'} FROM {called}")
            assert answer.status == http.client.OK, (name, answer.text)


@pytest.mark.parametrize("role", ["venue_owner", "commune"])  # a place and an area
def test_a_role_reads_all_of_its_scope_and_meets_nobody_of_elsewhere(
    looking: Looking, there: set[str], role: str
) -> None:
    person, takes = PEOPLE[role], looking.parameters()
    hidden = [spot for spot in SPOTS if spot.number not in person.sees]
    for name, found in CATALOGUE.items():
        if role not in found.readers or name in _NOT_ASKED or name not in there or (found.as_owner and not found.reach):
            continue
        called = f"{name}({arguments(takes[name], number=3)})" if takes.get(name) else name
        columns = ", ".join(found.readers[role]) or "*"
        answer = looking.ask(role, f"SELECT {columns} FROM {called} FORMAT TSVRaw")
        assert answer.status == http.client.OK, (name, answer.text)
        for spot in hidden if name not in _PSEUDONYMS else ():
            assert spot.person.encode() not in answer.body, (name, spot)


@pytest.mark.parametrize("name", ["scans_enriched", "scans_declared", "visits", "trace_points", "who_was_in_area"])
def test_who_traces_in_a_district_is_told_nothing_of_a_person_who_was_elsewhere(looking: Looking, name: str) -> None:
    takes = looking.parameters().get(name)
    called = f"{name}({arguments(takes, number=3)})" if takes else name
    answer = looking.ask("district", f"SELECT * FROM {called} FORMAT TSVRaw")
    assert answer.status == http.client.OK, answer.text
    assert SPOTS[2].person not in answer.text
    assert SPOTS[3].person not in answer.text


@pytest.mark.parametrize("role", [name for name, person in PEOPLE.items() if person.role.sees_people])
def test_a_role_that_sees_people_sees_exactly_those_of_its_scope(looking: Looking, role: str) -> None:
    person = PEOPLE[role]
    wanted = {SPOTS[number].person for number in person.sees}
    for name in ("scans", "scans_in_force", "declarations", "isolations", "isolations_effective", "health_updates"):
        if role in CATALOGUE[name].readers:
            assert set(looking.ask(role, f"SELECT DISTINCT subject FROM {name}").text.split()) == wanted, name


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("venue_owner", "places"), ("venue_owner", "place_lifecycle(at = '2021-08-06 00:00:00', days = 3)"),
        ("checkpoint", "checkpoint_hours(from = '2021-08-05 03:00:00', to = '2021-08-05 04:00:00')"),
        ("commune", "places"), ("commune", "place_events"), ("district", "safety_levels"), ("stttt", "places"),
        ("stttt", "device_clocks"),
        ("sector_dept", "places"), ("sector_dept", "place_lifecycle(at = '2021-08-06 00:00:00', days = 3)"),
        ("sector_dept", "place_events_effective"), ("analyst", "places"), ("ops", "device_clocks"),
    ],
)  # fmt: skip
def test_a_role_sees_exactly_the_places_of_its_scope(looking: Looking, role: str, name: str) -> None:
    seen = set(looking.ask(role, f"SELECT DISTINCT place_id FROM {name}").text.split())
    assert seen == {str(SPOTS[number].place) for number in PEOPLE[role].sees}


def test_a_province_sees_the_holds_of_its_own_cases_and_cannot_ask_after_others(looking: Looking) -> None:
    own = {spot.case for spot in SPOTS if spot.number in PEOPLE["province_cdc"].sees}
    for name in ("holds_in_force", "retention_hold_acts"):
        assert set(looking.ask("province_cdc", f"SELECT case_id FROM {name}").text.splitlines()) == own
        elsewhere = f"SELECT count() FROM {name} WHERE throwIf(case_id = '{SPOTS[3].case}', 'held') = 0"
        assert looking.ask("province_cdc", elsewhere).text.strip() == str(len(own))
        assert looking.ask("district", f"SELECT count() FROM {name}").status != http.client.OK
    counted = looking.ask("auditor", "SELECT count(), any(action) FROM retention_hold_acts").text
    assert counted.split() == [str(len(SPOTS)), "ADD"]
    assert looking.ask("auditor", "SELECT case_id FROM retention_hold_acts").status != http.client.OK


# Which pseudonyms are one person, wherever that person was.
_PSEUDONYMS = {"identity_links", "pseudonyms_of"}
# Takes what other views make, which ask it.
_NOT_ASKED = {"meetings"}
# Where such a name means a thing: a lockdown of an area, the key of an area or a place.
_OF_THINGS = {
    "data_quality": {"value"},
    "lockdowns": {"event_id", "subject"},
    "lockdowns_effective": {"event_id", "subject"},
    "area_decisions": {"event_id", "subject"},
    "area_decisions_effective": {"event_id", "subject"},
}
