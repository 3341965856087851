"""What docs/daily-report.md tells people to type is typed here, its query asked, and its names are those there are."""

import json
import re
import shlex
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.cli import main
from deploy.daily_report.figures import NAMES
from schemas import metrics
from tests.deploy.daily_report.world import MIDNIGHT, insert
from tests.docs.commands import ROOT, blocks
from tests.sinks.conftest import Database

_DOCUMENT = ROOT / "docs" / "daily-report.md"
_TEXT = _DOCUMENT.read_text("utf-8")
#: A scan of the day's morning that Kafka took at four in the afternoon of the next day.
_LATE_SCAN = {
    "scan_id": b"l" * 16, "subject": b"l" * 16, "place_id": 1, "feed": "venue", "verdict": "ACCEPTED",
    "event_time": MIDNIGHT + timedelta(hours=9), "logged_at": MIDNIGHT + timedelta(hours=40),
    "lateness": "LATE", "commune": 18115, "district": 437, "province": 42,
}  # fmt: skip


@pytest.mark.integration
def test_a_report_is_made_repeated_to_the_byte_and_restated_as_told(
    landed: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (block,) = blocks(_DOCUMENT)
    make_it, repeat_it, fetch_it = block.splitlines()
    first = _type(make_it, landed)
    insert(landed, "scans", [_LATE_SCAN])
    told = json.loads(_type(repeat_it, landed))
    assert "Tỉnh Hà Tĩnh, 2021-08-05 to 16:20 05/08/2021: version 1\n" in first
    assert f"SHA-256 {told['sha256']}" in first
    assert (told["version"], told["is_new"], told["sound"], told["broken"]) == (1, False, True, [])
    assert "version 1, unchanged\n" in _type(fetch_it, landed)
    one, *others = [_files(tmp_path / name) for name in ("data/reports", "handed-over", "again")]
    assert others == [one, one]
    assert len(one) == 4

    # The scan that came late is in the report as of the moment it came, and nothing new is a moment later.
    restated = json.loads(_type(f"{repeat_it} --until 16:20".replace("08-05T16:20", "08-06T16:00"), landed))
    before, after = (_scans_of(437, path) for path in sorted((tmp_path / "handed-over").rglob("*.json")))
    assert (restated["version"], restated["is_new"], restated["sound"]) == (2, True, True)
    assert {"area": 437, "figure": "scans", "before": before, "after": after} in restated["changes"]
    later = json.loads(_type(f"{repeat_it} --until 16:20".replace("08-05T16:20", "08-06T16:01"), landed))
    assert (later["version"], later["is_new"], later["as_of"]) == (2, False, restated["as_of"])
    recorded = landed.rows("SELECT sha256 FROM {}.daily_reports WHERE (province, day) = (42, '2021-08-05') ORDER BY 1")
    assert recorded == sorted([(told["sha256"],), (restated["sha256"],)])

    (query,) = re.findall(r"^```sql\n(.+?)^```$", _TEXT, flags=re.MULTILINE | re.DOTALL)
    assert landed.client.query(query).result_rows == []


def _type(line: str, landed: Database) -> str:
    """Run a line of the document where it is to be run, and return what it prints."""
    where = {
        "SCANSTREAM_CLICKHOUSE_URL": landed.config.clickhouse_url,
        "SCANSTREAM_CLICKHOUSE_DATABASE": landed.name,
        "SCANSTREAM_DATA_DIR": "data",
    }
    ended = CliRunner().invoke(main, shlex.split(line)[1:], env=where)
    assert ended.exit_code == 0, ended.output
    return ended.stdout


def _files(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def _scans_of(district: int, document: Path) -> int:
    areas = json.loads(document.read_bytes())["areas"]
    return int(next(area["figures"]["scans"] for area in areas if area["code"] == district))


def test_every_figure_and_metric_is_explained() -> None:
    words = set(re.findall(r"`(\w+)`", _TEXT))
    ours = {metrics.SECONDS_TO_1700, metrics.REPORT_PENDING, metrics.REPORT_AGE, metrics.REPORT_TURNS}
    assert {*NAMES, "dead_letters", "unplaced", *(metric.name for metric in ours)} <= words
