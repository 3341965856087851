"""Which rows are due, as SQL. Pure: the same arguments give the same text, and the same rows however often it is asked.

All that could change meanwhile is in the text: the moment, the days, and how far the ledger was. Rows the ledger covers
have all landed, so none is added to the set. Only who is held is asked anew.
"""
# ruff: noqa: S608 -- our own tables' names and numbers

from dataclasses import dataclass
from datetime import datetime, timedelta

from sinks.marks import Marks, covered
from sinks.retention.classes import Leaves, Retention, of_people
from sinks.retention.days import DEAD_LETTER_DAYS, TOMBSTONE_DAYS, RetentionDays

_NOBODY = "toFixedString('', 16)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What one run goes by: its moment (aware), the days, and the ledger's marks at its start."""

    now: datetime
    days: RetentionDays
    marks: Marks


def instant(at: datetime) -> str:
    """Return an aware time as SQL."""
    return f"fromUnixTimestamp64Milli({round(at.timestamp() * 1000)}, 'UTC')"


def settled(it: Retention, frame: Frame) -> str:
    """Return what is true of rows nobody adds to any more: those the ledger covers, and all of tables beside it."""
    return covered(frame.marks) if it.source_order else "true"


def overdue(it: Retention, frame: Frame) -> str:
    """Return what is true of rows that are older than the rule of their table and province."""
    if it.leaves is not Leaves.BY_PROVINCE:
        return f"{it.age} < {instant(frame.now - timedelta(days=days_of(it, frame.days, 0)))}"
    cutoffs = {code: instant(frame.now - timedelta(days=days)) for code, days in sorted(frame.days.own.items())}
    default = instant(frame.now - timedelta(days=frame.days.default))
    if not cutoffs:
        return f"{it.age} < {default}"
    branches = ", ".join(f"{it.province} = {code}, {cutoff}" for code, cutoff in cutoffs.items())
    return f"{it.age} < multiIf({branches}, {default})"


def days_of(it: Retention, days: RetentionDays, province: int) -> int:
    """Return after how many days a row of a province leaves."""
    if it.leaves is Leaves.BY_PROVINCE:
        return days.of(province)
    return DEAD_LETTER_DAYS if it.leaves is Leaves.DEAD_LETTER else days.longest


def held(it: Retention) -> str:
    """Return what is true of rows of people whose rows stay for a case."""
    return _any_of(it, "SELECT subject FROM retention_held")


def needed(it: Retention, frame: Frame) -> str:
    """Return what is true of rows WITH_PERSON that are needed to read others, once `who_is_needed` was inserted."""
    if it.leaves is not Leaves.WITH_PERSON:
        return "false"
    return _any_of(it, f"SELECT subject FROM retention_needed WHERE run_at = {instant(frame.now)}")


def who_is_needed(it: Retention, frame: Frame) -> str:
    """Return the question for the people in the table's old rows who have rows BY_PROVINCE."""
    mentioned = f"SELECT arrayJoin([{', '.join(it.persons)}]) FROM {it.table} WHERE {overdue(it, frame)}"
    tables = (table.table for table in of_people())
    return " UNION DISTINCT ".join(f"SELECT subject FROM {table} WHERE subject IN ({mentioned})" for table in tables)


def due(it: Retention, frame: Frame) -> str:
    """Return the condition of the rows a run deletes."""
    return f"{overdue(it, frame)} AND {settled(it, frame)} AND NOT ({held(it)}) AND NOT ({needed(it, frame)})"


def needs_tombstone(frame: Frame) -> str:
    """Return what is true of rows of which a second copy may still come."""
    return f"device_time >= {instant(frame.now - timedelta(days=TOMBSTONE_DAYS))}"


def _any_of(it: Retention, subjects: str) -> str:
    """Return what is true where one of the row's people is among them; nobody (zeros) never is."""
    return " OR ".join(f"({name} != {_NOBODY} AND {name} IN ({subjects}))" for name in it.persons) or "false"
