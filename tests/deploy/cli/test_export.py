"""`scanstream export` writes a whole file or none, and says what is wrong with what it was asked."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deploy.cli.export import command
from deploy.settings import Settings
from tests.databases import Databases

_DAY = ("--from", "2021-06-01", "--to", "2021-06-02T00:00+07:00")


def _run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(command, ["epcis", *arguments], env=environment)


@pytest.mark.integration
def test_a_days_scans_are_written_to_the_file(databases: Databases, tmp_path: Path) -> None:
    at = [datetime(2021, 5, 31, 17, tzinfo=UTC), datetime(2021, 6, 1, 17, tzinfo=UTC)]
    rows = [[time, time, "ACCEPTED"] for time in at]
    out = tmp_path / "scans.jsonld"

    with databases.lend() as database:
        database.client.insert("scans", rows, column_names=["event_time", "logged_at", "verdict"])
        store = Settings(clickhouse_url=database.config.clickhouse_url, clickhouse_database=database.name)
        ended = _run(*_DAY, "--out", str(out), **store.environment())

    assert ended.exit_code == 0, ended.output
    assert ended.stderr == f"Wrote 1 events to {out}.\n"
    (event,) = json.loads(out.read_text("utf-8"))["epcisBody"]["eventList"]
    assert event["eventTime"] == "2021-06-01T00:00:00.000+07:00"
    assert list(tmp_path.iterdir()) == [out]


def test_no_file_is_left_where_no_clickhouse_answers(tmp_path: Path) -> None:
    ended = _run(*_DAY, "--out", str(tmp_path / "x"), SCANSTREAM_CLICKHOUSE_URL="http://127.0.0.1:1")
    assert ended.exit_code == 2
    assert "No ClickHouse answers" in ended.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--from", "yesterday", "--to", "2021-06-02"], "'yesterday' is no time; write it like 2021-06-01 or"),
        (["--from", "2021-06-02", "--to", "2021-06-02"], "--from must be before --to."),
        ([*_DAY, "--province", "1"], "--province 1 is unknown; known are 38 Tỉnh Thanh Hóa, 42"),
    ],
)
def test_what_is_wrong_is_said(arguments: list[str], sentence: str) -> None:
    ended = _run(*arguments)
    assert ended.exit_code == 2
    assert sentence in ended.output
