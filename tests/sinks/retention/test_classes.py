"""Every table has a class, and the class fits its columns: whoever adds a table decides what becomes of its rows."""

import re

import pytest

from schemas.kinds import FEEDS, avro_schema
from sinks.migrate import migrations
from sinks.retention.classes import CLASSES, Leaves, Retention, leaving
from sinks.retention.days import LEAST_DAYS, MOST_DAYS, TOMBSTONE_DAYS

_TABLE = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+)\s*\((.*?)^\)", re.DOTALL | re.MULTILINE)
#: Tables whose `subject` is a thing's key.
_OF_THINGS = {feed.table for feed in FEEDS if "entity" in avro_schema(feed.avro)["fields"][1]}


def tables() -> dict[str, str]:
    """Return every table the migrations make, with the text between its brackets."""
    return {name: columns for migration in migrations() for name, columns in _TABLE.findall(migration.sql)}


def test_every_table_has_one_class() -> None:
    made_by_migrate_itself = {"schema_migrations"}
    assert sorted(it.table for it in CLASSES) == sorted(tables().keys() | made_by_migrate_itself), (
        "say in sinks/retention/classes.py what becomes of the rows of the table you added"
    )


def test_no_migration_makes_a_table_in_a_way_this_test_does_not_see() -> None:
    made = re.compile(
        r"CREATE (OR REPLACE )?(TABLE (?!IF NOT EXISTS \w+\s*\()|MATERIALIZED VIEW (?!IF NOT EXISTS \w+ TO \w+ AS))"
    )
    assert [migration.name for migration in migrations() if made.search(migration.sql)] == []


@pytest.mark.parametrize("it", leaving(), ids=lambda it: it.table)
def test_a_class_names_columns_its_table_has(it: Retention) -> None:
    columns = tables()[it.table]
    named = {it.age, *it.persons} | ({"feed", "_partition", "_offset", "logged_at"} if it.source_order else set())
    if it.source_order and it.persons:
        named |= {it.event_id, "device_time"}
    assert {name for name in named if not re.search(rf"^\s+{name} ", columns, re.MULTILINE)} == set()


def test_a_table_that_stays_has_nobody_in_it() -> None:
    personal = re.compile(r"^\s+(subject|other|person|declarant) ", re.MULTILINE)
    staying = {it.table for it in CLASSES if it.leaves is Leaves.STAYS} - {"schema_migrations"}
    assert {table for table in staying if personal.search(tables()[table])} <= _OF_THINGS


def test_a_tombstone_outlives_the_last_copy_that_may_land() -> None:
    too_old_days, most_skew_days, landing_log_days = 28, 1, 7
    assert LEAST_DAYS < too_old_days < TOMBSTONE_DAYS == too_old_days + most_skew_days + landing_log_days < MOST_DAYS
