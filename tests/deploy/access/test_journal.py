"""The door's journal."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.access.journal import Journal
from deploy.user_error import UserError


def _journal(path: Path) -> Journal:
    return Journal(path, now=lambda: datetime(2021, 8, 5, 10, tzinfo=UTC))


def test_every_query_is_a_line_only_the_owner_may_read(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    _journal(path).write(name="mai", role="commune", query="SELECT\n1")
    _journal(path).write(name="lan", role="ops", query="x" * 20_000, refused="No.")
    first, second = map(json.loads, path.read_text().splitlines())
    assert first == {"at": "2021-08-05T10:00:00.000+00:00", "name": "mai", "role": "commune", "query": "SELECT\n1"}
    assert (len(second["query"]), second["refused"]) == (10_000, "No.")
    assert path.stat().st_mode & 0o077 == 0


def test_one_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="can't be written"):
        _journal(tmp_path / "nowhere" / "journal").write(name="mai", role="ops", query="SELECT 1")
