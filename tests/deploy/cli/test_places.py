"""`scanstream places`: what a person types, and what a script reads."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deploy.cli import main
from deploy.kafka.broker import Broker
from deploy.kafka.topics import create_topics
from deploy.kafka.wanted import wanted_topics
from schemas.kinds import PLACES
from tests.deploy.cli.running import NOWHERE

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
