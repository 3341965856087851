"""`scanstream map export` says in a sentence what is wrong with what it was asked, and leaves nothing half done."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deploy.cli.map import command
from deploy.public_files import write_documents
from deploy.user_error import UserError
from sinks.maps.cells import synthetic_shapes
from sinks.maps.documents import Document, Wanted

_NOWHERE = {"SCANSTREAM_CLICKHOUSE_URL": "http://127.0.0.1:1"}
_NOON = datetime(2021, 8, 1, 5, tzinfo=UTC)
_MADE = [Document(name="areas.json", body=b"{}", rows=0)]


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(command, ["export", *arguments], env=_NOWHERE)


def _wanted(province: int) -> Wanted:
    return Wanted(day=_NOON.date(), province=province, shapes=synthetic_shapes())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--province", "1"], "--province 1 is unknown; known are 38 Tỉnh Thanh Hóa, 42"),
        (["--date", "1.8.2021"], "'1.8.2021' is no day; write it like 2021-08-01."),
        (["--date", "2999-01-01"], "2999-01-01 is in the future; nothing can be told of it."),
        (
            ["--boundaries", "nowhere.geojson"],
            "The boundaries can't be used: nowhere.geojson can't be read (No such",
        ),
        ([], "No ClickHouse answers at http://127.0.0.1:1"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_written(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    ended = _run("--out", str(tmp_path / "map"), *arguments)
    assert ended.exit_code == 2
    assert sentence in ended.output
    assert list(tmp_path.iterdir()) == []


def test_the_manifest_tells_a_province_and_whether_its_shapes_are_made_up(tmp_path: Path) -> None:
    told = write_documents(tmp_path / "new" / "map", _MADE, _wanted(42), made_at=_NOON)
    assert told == json.loads((tmp_path / "new" / "map" / "manifest.json").read_text("utf-8"))
    assert (told["province"], told["synthetic"], told["made_at"]) == ("42", True, "2021-08-01T05:00:00+00:00")
    assert write_documents(tmp_path, _MADE, _wanted(0), made_at=_NOON)["province"] is None


def test_a_directory_that_can_t_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "map").write_text("a file")
    with pytest.raises(UserError, match=r"map can't be written .*; choose another --out"):
        write_documents(tmp_path / "map", _MADE, _wanted(42), made_at=_NOON)
