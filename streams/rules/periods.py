"""Refusals that look at spans of time: an end before its beginning, a thing that happened after it was told."""

from schemas.columns import Columns
from streams.rules.rule import Bools, Breaks
from streams.window.rules import FUTURE_MS


def ends_before_it_begins(*, begin: str, end: str) -> Breaks:
    """Return the check that a span in two time fields is not empty; an `end` of 0 is open and breaks nothing."""

    def breaks(columns: Columns) -> Bools:
        begins, ends = columns.integer(begin), columns.integer(end)
        found: Bools = (ends != 0) & (ends <= begins)
        return found

    return breaks


def is_empty(*, begin: str, end: str) -> Breaks:
    """Return the check of a span that must have an end."""

    def breaks(columns: Columns) -> Bools:
        found: Bools = columns.integer(end) <= columns.integer(begin)
        return found

    return breaks


def lasts_longer(*, begin: str, end: str, most_ms: int) -> Breaks:
    """Return the check that a span is at most `most_ms` long."""

    def breaks(columns: Columns) -> Bools:
        found: Bools = columns.integer(end) - columns.integer(begin) > most_ms
        return found

    return breaks


def is_told_before(*, happened: str) -> Breaks:
    """Return the check that what an event tells had happened by then, as far as clocks agree (5 minutes)."""

    def breaks(columns: Columns) -> Bools:
        found: Bools = columns.integer(happened) > columns.integer("event_time") + FUTURE_MS
        return found

    return breaks
