"""`scanstream places`: what a person types, and what a script reads."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from deploy.cli import main
from deploy.kafka.broker import Broker
from deploy.kafka.topics import create_topics
from deploy.kafka.wanted import wanted_topics
from schemas.kinds import PLACES
from tests.deploy.cli.running import NOWHERE
from tests.deploy.posters.samples import scanned

_REGISTER = "place_id,name,category\n1,Chợ Đầm,MARKET\n0,Quán,CAFE\n3,Bến xe,\n"


@pytest.fixture(name="register")
def _register(tmp_path: Path) -> Path:
    (tmp_path / "places.csv").write_text(_REGISTER, "utf-8")
    return tmp_path / "places.csv"


def _run(*arguments: str | Path, **environment: str) -> Result:
    return CliRunner(env={**NOWHERE, **environment}).invoke(main, ["places", *map(str, arguments)])


def test_one_wrong_line_keeps_all_out_and_the_report_names_it(register: Path, tmp_path: Path) -> None:
    ended = _run("import", register, "--report", tmp_path / "report.json", "--json")
    assert ended.exit_code == 2
    assert "Nothing was imported: line 3: place_id must be at least 1." in ended.stderr
    assert json.loads(ended.stdout) == {
        "lines": 3,
        "accepted": 2,
        "refused": 1,
        "imported": 0,
        "problems": [{"line": 3, "reasons": ["place_id must be at least 1"]}],
    }
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert [row["outcome"] for row in report] == ["accepted", "refused", "accepted"]


@pytest.mark.integration
def test_the_good_lines_alone_are_imported_when_asked(
    kafka: Broker, unique_name: Callable[[str], str], register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = unique_name("places")
    monkeypatch.setattr("deploy.places.PLACES", replace(PLACES, topic=topic))
    (spec,) = (spec for spec in wanted_topics(partitions=1) if spec.name == PLACES.topic)
    create_topics(kafka.bootstrap, [replace(spec, name=topic)])
    ended = _run("import", register, "--partial", "--json", SCANSTREAM_KAFKA=kafka.bootstrap)
    assert ended.exit_code == 1, ended.stderr
    assert json.loads(ended.stdout)["imported"] == 2
    assert "Imported 2 places.\nRefused 1: line 3: place_id must be at least 1.\n" in ended.stderr


def test_a_code_is_text_or_a_file_that_scans(tmp_path: Path) -> None:
    assert _run("qr", "7").stdout == "VNPL1.7.2549703461\n"
    ended = _run(
        "qr", "7", "--svg", tmp_path / "a.svg", "--png", tmp_path / "a.png", "--base-url", "https://x.example/p/"
    )
    assert (ended.exit_code, ended.stdout) == (0, "")
    with Image.open(tmp_path / "a.png") as image:
        assert scanned(image) == ["https://x.example/p/VNPL1.7.2549703461"]
    assert "<svg" in (tmp_path / "a.svg").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["qr", "0"], "0 is not in the range"),
        (["qr", "7", "--png", "no/such/directory/a.png"], "can't be written (No such file or directory)"),
        (["qr", "7", "--base-url", "http://x.example"], "--base-url must begin with https://"),
    ],
)
def test_a_code_that_cannot_be_made_is_explained(arguments: list[str], complaint: str) -> None:
    ended = _run(*arguments)
    assert ended.exit_code == 2
    assert complaint in ended.stderr


def test_posters_are_made_of_the_good_lines_when_asked(register: Path, tmp_path: Path) -> None:
    whole = _run("poster", register, "--out", tmp_path / "posters")
    assert whole.exit_code == 2
    assert "No poster was made: line 3: place_id must be at least 1." in whole.stderr
    assert not (tmp_path / "posters").exists()
    good = _run("poster", register, "--out", tmp_path / "posters", "--partial")
    assert good.exit_code == 1, good.stderr
    assert "Made 2 posters in " in good.stderr
    assert sorted(path.name for path in (tmp_path / "posters").iterdir()) == ["place-1.svg", "place-3.svg"]
