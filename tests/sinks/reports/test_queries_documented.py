"""docs/queries.md tells of every view of these sections, and its examples give the answers shown."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sinks.migrate import migrations
from tests.sinks.conftest import Database
from tests.sinks.reports.example import land_example

pytestmark = pytest.mark.integration
_TEXT = (Path(__file__).parents[3] / "docs" / "queries.md").read_text("utf-8")
_SECTIONS = ("Coverage", "Operations", "People to look after", "Quality")
_OURS = range(53, 58)
#: Views of other pages, which these migrations only make anew.
_ELSEWHERE = {"passes_state", "wave_through_periods", "checkpoint_hours"}
_EXAMPLE = re.compile(r"^```sql\n(.+?)^```\n\n```text\n(.+?)^```$", flags=re.MULTILINE | re.DOTALL)


def _section(name: str) -> str:
    """Return the text of a section of the page."""
    (found,) = re.findall(rf"^## {name}\n(.+?)(?=^## |\Z)", _TEXT, flags=re.MULTILINE | re.DOTALL)
    return str(found)


@pytest.fixture(name="example")
def _example(reports: Database) -> Iterator[Database]:
    land_example(reports)
    yield reports
    for table in ("ledger", "devices"):
        reports.client.command(f"TRUNCATE TABLE `{reports.name}`.{table}")


def test_every_example_has_the_answer_shown(example: Database) -> None:
    for name in _SECTIONS:
        examples = _EXAMPLE.findall(_section(name))
        assert examples
        for query, shown in examples:
            answer = example.client.raw_query(query, fmt="PrettyCompactNoEscapesMonoBlock").decode()
            assert answer.rstrip() == shown.rstrip(), query


def test_every_view_has_a_heading_with_its_parameters() -> None:
    text = "\n".join(map(_section, _SECTIONS))
    told = dict(re.findall(r"^### `(\w+)(?:\(([^)]*)\))?`", text, flags=re.MULTILINE))
    views = {
        name: set(re.findall(r"\{(\w+):", body))
        for migration in migrations()
        if migration.version in _OURS
        for name, body in re.findall(
            r"CREATE OR REPLACE VIEW (\w+) AS\s(.+?);\n", migration.sql + "\n", flags=re.DOTALL
        )
    }
    views = {name: parameters for name, parameters in views.items() if name not in _ELSEWHERE}
    assert {name: {one for one in listed.split(", ") if one} for name, listed in told.items()} == views
