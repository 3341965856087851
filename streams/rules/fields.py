"""Refusals that look at one or two fields: what must be there, what must not, what excludes each other."""

import numpy as np

from schemas.columns import Columns
from streams.rules.rule import Bools, Breaks


def is_nobody(name: str) -> Breaks:
    """Return the check that a 16-byte field is not all zeros."""

    def breaks(columns: Columns) -> Bools:
        zeros: Bools = columns.words(name) == 0
        return np.logical_and(zeros[:, 0], zeros[:, 1])

    return breaks


def is_the_subject(name: str) -> Breaks:
    """Return the check that a 16-byte field names somebody else than the event's subject."""
    return are_the_same(name, "subject")


def are_the_same(one: str, other: str) -> Breaks:
    """Return the check that two 16-byte fields differ."""

    def breaks(columns: Columns) -> Bools:
        same: Bools = columns.words(one) == columns.words(other)
        return np.logical_and(same[:, 0], same[:, 1])

    return breaks


def equals(name: str, value: int) -> Breaks:
    """Return the check that an integer field has not this value."""
    return lambda columns: np.equal(columns.integer(name), value)


def differs(name: str, value: int) -> Breaks:
    """Return the check that an integer field has this value."""
    return lambda columns: np.not_equal(columns.integer(name), value)


def is_empty_text(name: str) -> Breaks:
    """Return the check that a text is not empty."""
    return lambda columns: columns.text_lengths(name) == 0


def has_text(name: str) -> Breaks:
    """Return the check that a text is empty."""
    return lambda columns: columns.text_lengths(name) > 0


def is_between(name: str, *, above: int, below: int) -> Breaks:
    """Return the check that an integer field is not strictly between two values."""
    return lambda columns: (columns.integer(name) > above) & (columns.integer(name) < below)


def both(one: Breaks, other: Breaks) -> Breaks:
    """Return the check that breaks when both do."""

    def breaks(columns: Columns) -> Bools:
        found: Bools = one(columns) & other(columns)
        return found

    return breaks
