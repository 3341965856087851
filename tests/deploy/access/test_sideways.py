"""Whether a condition that fails tells of a row of elsewhere: asked of every relation a role reads."""
# ruff: noqa: S608 -- names of our own

import pytest

from sinks.access.catalogue import CATALOGUE
from tests.deploy.access.looking import Looking
from tests.deploy.access.world import PEOPLE, SPOTS

pytestmark = pytest.mark.integration

_ELSEWHERE = SPOTS[3]
_TOLD_BY = {
    "subject": _ELSEWHERE.person, "person": _ELSEWHERE.person, "case_id": _ELSEWHERE.case,
    "commune": str(_ELSEWHERE.commune), "commune_code": str(_ELSEWHERE.commune),
    "origin_commune": str(_ELSEWHERE.commune), "province": str(_ELSEWHERE.province), "place_id": str(_ELSEWHERE.place),
}  # fmt: skip
_ASKED = (
    "SELECT count() FROM {0} WHERE {1}",
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM {0} WHERE {1} = 0)",
    "SELECT 1 FROM {0} QUALIFY {1} = 0",
    "SELECT count() FROM {0} AS a JOIN (SELECT 1 AS x) AS b ON {1} = b.x",
    "SELECT count() FROM (SELECT 1 AS x) AS b RIGHT JOIN {0} AS a ON {1} = b.x",
)


def _asked_of_people(role: str) -> list[str]:
    """Return what tells of people with a reach of its own; other views with an owner's rights give figures."""
    found = (relation for relation in CATALOGUE.values() if role in relation.readers and relation.reach)
    return [relation.name for relation in found if not relation.as_owner or relation.name == "people"]


@pytest.mark.parametrize("role", ["isolation_mgr", "commune", "district"])
def test_nothing_that_tells_of_people_tells_of_those_of_another_province(looking: Looking, role: str) -> None:
    for name in _asked_of_people(role):
        told = looking.ask(role, f"DESCRIBE {name}").text
        for column in {line.split("\t")[0] for line in told.splitlines()} & _TOLD_BY.keys():
            telltale = f"throwIf(toString({column}) = '{_TOLD_BY[column]}')"
            for query in _ASKED:
                answer = looking.ask(role, query.format(name, telltale))
                assert "FUNCTION_THROW_IF" not in answer.text, (name, column, query)


@pytest.mark.parametrize(
    ("role", "name", "column"),
    [
        ("isolation_mgr", "isolation_reach", "site_id"), ("commune", "isolation_reach", "site_id"),
        ("district", "isolation_reach", "site_id"), ("district", "pass_reach", "origin_commune"),
        ("province_cdc", "pass_reach", "destination_commune"),
    ],
)  # fmt: skip
def test_where_isolations_and_passes_reach_is_told_of_ones_own(
    looking: Looking, role: str, name: str, column: str
) -> None:
    spots = (SPOTS[number] for number in PEOPLE[role].sees)
    wanted = {str(spot.place if column == "site_id" else spot.commune) for spot in spots}
    assert set(looking.ask(role, f"SELECT {column} FROM {name}").text.split()) == wanted
