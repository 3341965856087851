"""Reports that fail a check, that two make at once, that can't be made: each is told of, and none is lost."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deploy.cli.report import command
from deploy.daily_report.document import checksum
from deploy.daily_report.files import write
from deploy.daily_report.make import make
from deploy.daily_report.span import span_of
from deploy.daily_report.store import record, versions
from tests.deploy.daily_report.samples import sample_document, sample_figures
from tests.deploy.daily_report.world import DAY, MIDNIGHT, insert
from tests.sinks.conftest import Database

_NOW = datetime(2021, 8, 20, tzinfo=UTC)


@pytest.mark.integration
def test_of_two_that_take_the_same_number_the_later_one_takes_the_next(
    landed: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.daily_report.make.ask", lambda *_, **__: sample_figures())
    span = span_of(DAY, as_of=MIDNIGHT + timedelta(hours=16))
    theirs = {**sample_document(sample_figures(late=1)), "province": 38}
    theirs["sha256"] = checksum(theirs)
    moments = iter([_NOW, _NOW + timedelta(seconds=1)])

    def now() -> datetime:
        """Let another process record its report in the moment before ours is."""
        if not versions(landed.client, 38, DAY):
            record(landed.client, theirs, made_at=_NOW - timedelta(seconds=1))
        return next(moments)

    ours = make(landed.client, 38, span, exact=False, directory=tmp_path, now=now)
    assert (ours.document["version"], ours.is_new) == (2, True)
    assert [json.loads(path.read_bytes()) for path in sorted(tmp_path.rglob("*.json"))] == [theirs, ours.document]
    assert [one.document for one in versions(landed.client, 38, DAY)] == [theirs, ours.document]


def _run(landed: Database | None, *arguments: str) -> Result:
    where = {
        "SCANSTREAM_CLICKHOUSE_URL": landed.config.clickhouse_url if landed else "http://127.0.0.1:1",
        "SCANSTREAM_CLICKHOUSE_DATABASE": landed.name if landed else "",
    }
    return CliRunner().invoke(command, ["daily", *arguments], env=where)


@pytest.mark.integration
def test_a_check_that_fails_is_said_and_the_report_written_all_the_same(landed: Database, tmp_path: Path) -> None:
    arguments = ["--province", "94", "--date", "2021-08-05", "--as-of", "2021-08-05T16:00", "--out", str(tmp_path)]
    empty = _run(landed, *arguments)
    assert empty.exit_code == 2
    assert "There is nothing to report of province 94 on 05/08/2021: by 16:00 05/08/2021 it had no" in empty.stderr

    # A declaration of the province that is of none of its districts: no worker lands such a row.
    at = MIDNIGHT + timedelta(hours=9)
    row = {"event_id": b"d" * 16, "subject": b"s" * 16, "event_time": at, "logged_at": at, "verdict": "ACCEPTED"}
    insert(landed, "declarations", [{**row, "province": 94}])
    ended = _run(landed, *arguments, "--json")
    assert ended.exit_code == 1, ended.output
    assert (
        "Check failed: the province is the sum of its districts (2021-08-05 declarations: 1 and not 0)" in ended.stderr
    )
    told = json.loads(ended.stdout)
    assert (told["version"], told["sound"], told["broken"]) == (1, False, ["the province is the sum of its districts"])
    assert all(Path(path).is_file() for path in told["files"])

    missing = _run(landed, *arguments, "--version", "2")
    assert "Province 94 has no version 2 of its report of 05/08/2021; it has 1." in missing.stderr
    run = {"run_at": MIDNIGHT + timedelta(days=20), "name": "scans", "province": 94, "days": 26, "deleted": 1}
    insert(landed, "retention_runs", [run])
    gone = _run(landed, *arguments)
    assert gone.exit_code == 2
    assert "Scans of province 94 before 00:00 30/07/2021 have been deleted in time" in gone.stderr


def test_damaged_files_are_written_again_and_whole_ones_are_left_alone(tmp_path: Path) -> None:
    document = sample_document(sample_figures())
    directory = write(tmp_path, document)
    before = {path: (path.stat().st_ino, path.read_bytes()) for path in directory.iterdir()}
    assert write(tmp_path, document) == directory
    assert {path: (path.stat().st_ino, path.read_bytes()) for path in directory.iterdir()} == before
    (directory / "daily-42-2021-08-05-v1.csv").write_bytes(b"damaged")
    write(tmp_path, document)
    assert {path: path.read_bytes() for path in directory.iterdir()} == {
        path: data for path, (_, data) in before.items()
    }
    assert list(directory.parent.iterdir()) == [directory]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--province", "1"], "--province 1 is unknown; known are 38 Tỉnh Thanh Hóa, 42"),
        (["--province", "42", "--date", "5/8"], "--date '5/8' is no date; write it like 2021-08-05."),
        (["--province", "42", "--date", "2999-01-01"], "The 01/01/2999 begins after"),
        (["--province", "42", "--as-of", "2999-01-01"], "--as-of 00:00 01/01/2999 is still to come;"),
        (["--province", "42", "--as-of", "soon"], "'soon' is no time; write it like 2021-06-01 or"),
        (["--province", "42", "--until", "5 pm"], "--until '5 pm' is no time of day; write it like 16:20."),
        (
            ["--province", "42", "--date", "2021-08-05", "--as-of", "2021-08-05T16:00", "--until", "16:20"],
            "At 16:00 05/08/2021 it was not 16:20 05/08/2021 yet;",
        ),
        (["--province", "42"], "No ClickHouse answers at http://127.0.0.1:1;"),
    ],
)
def test_what_is_wrong_is_said(arguments: list[str], sentence: str) -> None:
    ended = _run(None, *arguments)
    assert ended.exit_code == 2, ended.output
    assert sentence in ended.stderr
