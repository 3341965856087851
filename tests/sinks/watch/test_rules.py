"""Every rule of the watch, compared with a slow answer over the same rows."""

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest

from schemas.kinds import ALERT
from schemas.wire import decode
from sinks.watch.alert import alert_id, alert_of
from sinks.watch.clickhouse_answers import ClickHouseAnswers
from sinks.watch.rule import WatchRule
from sinks.watch.table import RULES
from tests.databases import Database, Databases
from tests.docs.commands import ROOT
from tests.sinks.watch.land import land
from tests.sinks.watch.making.make import make_world
from tests.sinks.watch.oracles.found import Found
from tests.sinks.watch.oracles.table import ORACLES
from tests.sinks.watch.world import NOW, SINCE, World

pytestmark = pytest.mark.integration
_COLUMNS = [column.name for column in fields(Found) if column.name not in {"key", "event_time"}]


@pytest.fixture(scope="module", name="world")
def _world() -> World:
    return make_world(5)


@pytest.fixture(scope="module", name="database")
def _database(databases: Databases, world: World) -> Iterator[Database]:
    """Make one database for all rules, with the world in it."""
    with databases.lend() as database:
        land(database, world)
        yield database


def _as_row(found: Found, rule: WatchRule) -> tuple[Any, ...]:
    return alert_id(rule.type, found.key), found.event_time, *(getattr(found, column) for column in _COLUMNS)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_finds_what_the_slow_answer_finds(database: Database, world: World, rule: WatchRule) -> None:
    rows = ClickHouseAnswers(database.client).ask(rule, since=SINCE, now=NOW)
    expected = {_as_row(found, rule) for found in ORACLES[rule.name](world)}
    assert expected, "the world has nothing for this rule"
    found = [(row["event_id"], row["event_time"], *(row.get(column) for column in _COLUMNS)) for row in rows]
    assert sorted(found, key=str) == sorted(expected, key=str)
    for row in rows:
        kind, alert = decode(alert_of(rule, row, sent_at=NOW).value)
        assert kind is ALERT
        assert (alert["event_id"], alert["type"]) == (row["event_id"], rule.type.name)


def test_the_queries_of_the_document_can_be_asked(database: Database) -> None:
    queries = re.findall(r"```sql\n(.+?)```", (ROOT / "docs" / "alerts.md").read_text("utf-8"), re.DOTALL)
    assert [database.client.query(query).result_rows for query in queries] == [[]]


def test_the_document_tells_of_every_rule() -> None:
    text = (ROOT / "docs" / "alerts.md").read_text("utf-8")
    assert [
        rule.name for rule in RULES if f"| `{rule.type.name}` |" not in text or f"| `{rule.name}` |" not in text
    ] == []
