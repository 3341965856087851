"""A report is made once for what it says, restated when that changes, and the same to the byte when made again."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deploy.cli.report import command
from deploy.daily_report.document import checksum
from deploy.daily_report.make import Made, make
from deploy.daily_report.span import span_of
from tests.deploy.daily_report.world import DAY, MIDNIGHT, PROVINCE, insert
from tests.sinks.conftest import Database

_KINDS = ("json", "csv", "xlsx")
_NOW = datetime(2021, 8, 20, tzinfo=UTC)
Make = Callable[..., Made]


@pytest.fixture(name="made")
def _made(landed: Database, tmp_path: Path) -> Make:
    """Return a function that makes yesterday's report to 16:00 as known then, or some hours later."""

    def made(*, later: float = 0) -> Made:
        as_of = MIDNIGHT + timedelta(days=-1, hours=16 + later)
        span = span_of(DAY - timedelta(days=1), as_of=as_of, until=time(16))
        return make(landed.client, PROVINCE, span, exact=False, directory=tmp_path, now=lambda: _NOW)

    return made


def _bytes(made: Made) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in made.directory.iterdir()}


@pytest.mark.integration
def test_late_data_restate_a_report_and_every_version_can_be_made_again(
    landed: Database, made: Make, tmp_path: Path
) -> None:
    first = made()
    files = _bytes(first)
    assert (first.document["version"], first.is_new, first.document["changes"]) == (1, True, [])
    assert sorted(files) == [
        "SHA256SUMS", "daily-42-2021-08-04-v1.csv", "daily-42-2021-08-04-v1.json", "daily-42-2021-08-04-v1.xlsx"
    ]  # fmt: skip
    assert files["SHA256SUMS"].decode() == "".join(
        f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n"
        for name in (f"daily-42-2021-08-04-v1.{kind}" for kind in _KINDS)
    )
    document = json.loads(files["daily-42-2021-08-04-v1.json"])
    assert document["sha256"] == checksum(document) == first.document["sha256"]

    insert(landed, "scans", [_late_scan()])
    second = made(later=48)
    assert (second.document["version"], second.is_new, second.document["sound"]) == (2, True, True)
    before, after = (one.document["areas"][0]["figures"]["scans"] for one in (first, second))
    assert {"area": PROVINCE, "figure": "scans", "before": before, "after": after} in second.document["changes"]

    # What is told later changes nothing of what was known then; nor does what says nothing new make a version.
    (first.directory / "daily-42-2021-08-04-v1.csv").write_bytes(b"damaged")
    again = made()
    assert (again.document, again.is_new, _bytes(again)) == (first.document, False, files)
    assert made(later=48 + 1 / 3600).document["version"] == 2
    recorded = landed.rows("SELECT version, sha256, is_sound FROM {}.daily_reports WHERE day = '2021-08-04' ORDER BY 1")
    assert recorded == [(1, first.document["sha256"], True), (2, second.document["sha256"], True)]
    assert not list(tmp_path.rglob(".*"))


def _late_scan() -> dict[str, object]:
    """Return a scan of the morning that came a day after all moments others ask about."""
    return {
        "scan_id": b"l" * 16, "subject": b"l" * 16, "place_id": 1, "feed": "venue", "verdict": "ACCEPTED",
        "event_time": MIDNIGHT - timedelta(hours=15), "logged_at": MIDNIGHT + timedelta(hours=40),
        "lateness": "LATE", "commune": 18115, "district": 437, "province": 42,
    }  # fmt: skip


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
