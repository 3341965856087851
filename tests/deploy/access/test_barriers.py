"""Whether a condition that fails tells of elsewhere through views that read with their owner's rights.

Their policy is a filter on the view, and the engine would move filters: most of these attempts told something of some
views before a barrier stood between the policy and the reader.
"""
# ruff: noqa: S608 -- names of our own

import http.client

import pytest

from sinks.access.catalogue import CATALOGUE
from tests.deploy.access.looking import Looking, arguments
from tests.deploy.access.world import DATABASE, SPOTS

pytestmark = pytest.mark.integration

_ELSEWHERE = SPOTS[3]
_TOLD_BY = {
    "place_id": str(_ELSEWHERE.place), "site_id": str(_ELSEWHERE.place), "province": str(_ELSEWHERE.province),
    "commune": str(_ELSEWHERE.commune), "commune_code": str(_ELSEWHERE.commune), "person": _ELSEWHERE.person,
    "destination_commune": str(_ELSEWHERE.commune),
}  # fmt: skip
_ERRORS = ("FUNCTION_THROW_IF", "ILLEGAL_DIVISION", "CANNOT_COMPILE_REGEXP")
#: {0}: the view; {1}: the column; {2}: its value of elsewhere; {3}: what fails on it.
_ATTEMPTS = (
    "SELECT count() FROM {0} WHERE {3} = 0",
    "SELECT z FROM (SELECT {3} AS z FROM {0}) WHERE z = 0",
    "SELECT {3} AS z, {1} FROM {0} WHERE z = 0 ORDER BY z LIMIT 1",
    "SELECT count() FROM {0} AS a JOIN (SELECT 1 AS x) AS b ON {3} = b.x",
    "SELECT count() FROM {0} AS a JOIN {0} AS b ON a.{1} = b.{1} WHERE throwIf(toString(a.{1}) = '{2}') = 0",
    "SELECT {1}, count() FROM {0} GROUP BY {1} HAVING {3} = 0",
    "SELECT 1 FROM {0} QUALIFY {3} = 0",
    "SELECT 1 FROM {0} LIMIT 1 BY {3}",
    "SELECT count() FROM {0} WHERE NOT arrayExists(x -> throwIf(x = '{2}'), [toString({1})])",
    "SELECT count() FROM (SELECT * FROM {0} UNION ALL SELECT * FROM {0}) WHERE {3} = 0",
    "SELECT count() FROM {0} WHERE intDiv(1, toUInt8(toString({1}) != '{2}')) = 1",
    "SELECT count() FROM {0} WHERE match('x', concat('(', if(toString({1}) = '{2}', '', ')')))",
    "SELECT (SELECT max({3}) FROM {0} WHERE {3} = 0)",
    "SELECT toTypeName({3}) FROM {0} WHERE {3} = 0",
    "SELECT count() FROM {0} WHERE materialize(0) OR {3} = 0",
    "EXPLAIN SELECT count() FROM {0} WHERE {3} = 0",
)
_IN_ALL_WAYS = {"scans_masked", "place_lifecycle", "checkpoint_flow"}  # others in the first five


def _telling(looking: Looking, role: str) -> list[tuple[str, str]]:
    """Return the views of a role, as they are called, with a column by which a row of elsewhere can be told."""
    parameters, found = looking.parameters(), []
    for relation in CATALOGUE.values():
        if not (relation.as_owner and relation.reach and role in relation.readers):
            continue
        called = parameters.get(relation.name)
        view = f"{DATABASE}.{relation.name}" + (f"({arguments(called, number=0)})" if called else "")
        columns = {line.split("\t")[0] for line in looking.ask(role, f"DESCRIBE {view}").text.splitlines()}
        for column in (name for name in _TOLD_BY if name in columns):
            where = f"WHERE toString({column}) = '{_TOLD_BY[column]}'"
            if looking.administrator(f"SELECT count() FROM {view} {where}") != "0\n":
                found.append((view, column))
                break
    return found


@pytest.mark.parametrize("role", ["checkpoint", "commune", "district", "stttt", "sector_dept"])
def test_nothing_a_reader_writes_is_evaluated_on_rows_of_elsewhere(looking: Looking, role: str) -> None:
    telling = _telling(looking, role)
    assert telling
    for view, column in telling:
        value = _TOLD_BY[column]
        ways = _ATTEMPTS if any(name in view for name in _IN_ALL_WAYS) else _ATTEMPTS[:5]
        for way in ways:
            query = way.format(view, column, value, f"throwIf(toString({column}) = '{value}')")
            try:
                answer = looking.ask(role, query).text
            except http.client.IncompleteRead as cut:  # the engine failed after the first rows
                answer = cut.partial.decode()
            assert not any(error in answer for error in _ERRORS), query


def test_no_reader_takes_the_barrier_away(looking: Looking) -> None:
    view = f"{DATABASE}.place_lifecycle(at = '2021-08-06 00:00:00', days = 1)"
    for setting in ("additional_table_filters = {}", "query_plan_merge_filters = 0", "enable_join_runtime_filters = 1",
                    "query_plan_enable_optimizations = 0"):  # fmt: skip
        answer = looking.ask("commune", f"SELECT count() FROM {view} SETTINGS {setting}")
        assert "READONLY" in answer.text, setting
