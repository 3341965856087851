"""docs/reports.md tells of every table and view of the reports, and its queries run."""

import re
from pathlib import Path

import pytest

from schemas.kinds import REPORTS
from sinks.migrate import migrations
from tests.sinks.conftest import Database

pytestmark = pytest.mark.integration
_TEXT = (Path(__file__).parents[3] / "docs" / "reports.md").read_text("utf-8")
_QUERIES = re.findall(r"^```sql\n(.+?)^```$", _TEXT, flags=re.MULTILINE | re.DOTALL)
_OURS = range(26, 30)


def test_every_query_runs(reports: Database) -> None:
    for query in _QUERIES:
        reports.client.query(query)


def test_every_table_and_view_is_explained() -> None:
    views = {
        name
        for migration in migrations()
        if migration.version in _OURS
        for name in re.findall(r"CREATE OR REPLACE VIEW (\w+)", migration.sql)
    }
    explained = set(re.findall(r"`(\w+)(?:\([^)`]*\))?`", _TEXT))
    assert {feed.table for feed in REPORTS} | views <= explained
