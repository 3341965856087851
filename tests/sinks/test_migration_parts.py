"""Migrations with text they share."""

import pytest

from sinks.migrate import migrations
from sinks.migration_parts import with_parts

_PARTS = {
    "rules": "    seen AS (SELECT * FROM scans WHERE $1 AND place_id > 0)\n",
    "counted": "@include rules: subject != $1\n    , counted AS (SELECT $2)\n",
}


def _with(sql: str) -> str:
    return with_parts(sql, part=_PARTS.__getitem__)


def test_a_part_stands_where_its_line_was_with_what_the_line_gives() -> None:
    assert _with("WITH\n@include rules: subject IN {subjects:Array(String)}\nSELECT * FROM seen;\n") == (
        "WITH\n    seen AS (SELECT * FROM scans WHERE subject IN {subjects:Array(String)} AND place_id > 0)\n"
        "SELECT * FROM seen;\n"
    )


def test_a_part_may_include_another_and_hand_on_what_it_was_given() -> None:
    assert _with("@include counted: 'x' | 1\n") == (
        "    seen AS (SELECT * FROM scans WHERE subject != 'x' AND place_id > 0)\n    , counted AS (SELECT 1)\n"
    )


def test_what_is_given_is_taken_as_it_is() -> None:
    assert r"x = '\1' AND" in _with("@include rules: x = '\\1'\n")


def test_a_line_that_gives_too_little_is_an_error() -> None:
    with pytest.raises(IndexError):
        _with("@include counted: 'x'\n")


def test_text_without_parts_is_left_alone() -> None:
    assert with_parts("SELECT '@include rules: x', '$1';\n") == "SELECT '@include rules: x', '$1';\n"


def test_a_part_that_is_not_there_is_told_of() -> None:
    with pytest.raises(FileNotFoundError, match="nothing_like_it"):
        with_parts("@include nothing_like_it: true\n")


def test_no_migration_is_applied_with_a_part_missing() -> None:
    assert [migration.name for migration in migrations() if "@include" in migration.sql] == []
