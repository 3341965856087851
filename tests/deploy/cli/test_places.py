"""`scanstream places`: what a person types, and what a script reads."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from confluent_kafka import Producer
from PIL import Image

from deploy.cli import main
from deploy.kafka.broker import Broker
from deploy.kafka.topics import create_topics
from deploy.kafka.wanted import wanted_topics
from schemas.kinds import PLACE_EVENT, PLACES
from schemas.wire import decode
from tests.deploy.cli.running import NOWHERE
from tests.deploy.posters.samples import scanned
from tests.streams.gateway.kafka_topics import read_topic

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


@pytest.fixture(name="topics")
def _topics(kafka: Broker, unique_name: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Make the topics of places and of their steps, of this test's own; return their names."""
    names = {}
    for kind, where in ((PLACES, "deploy.places.PLACES"), (PLACE_EVENT, "deploy.place_steps.PLACE_EVENT")):
        names[kind.name] = unique_name(kind.name)
        monkeypatch.setattr(where, replace(kind, topic=names[kind.name]))
        (spec,) = (spec for spec in wanted_topics(partitions=1) if spec.name == kind.topic)
        create_topics(kafka.bootstrap, [replace(spec, name=names[kind.name])])
    return names


def _steps(kafka: Broker, topics: dict[str, str]) -> list[tuple[int, str, int]]:
    events = [decode(message.value())[1] for message in read_topic(kafka.bootstrap, topics["place_event"])]
    return [(event["place_id"], event["action"], event["safety_score"]) for event in events]


@pytest.mark.integration
def test_good_lines_alone_are_imported_when_asked_registered_once_and_go_on_from_there(
    kafka: Broker, topics: dict[str, str], register: Path
) -> None:
    for _ in range(2):
        ended = _run("import", register, "--partial", "--json", SCANSTREAM_KAFKA=kafka.bootstrap)
        assert ended.exit_code == 1, ended.stderr
        assert json.loads(ended.stdout)["imported"] == 2
        assert "Imported 2 places.\nRefused 1: line 3: place_id must be at least 1.\n" in ended.stderr
    assert [message.key() for message in read_topic(kafka.bootstrap, topics["place"])] == [b"1", b"3", b"1", b"3"]
    assert _steps(kafka, topics) == [(1, "REGISTERED", 0), (3, "REGISTERED", 0)]
    own = {"SCANSTREAM_KAFKA": kafka.bootstrap}
    issued = _run("qr", "1", "--publish", **own)
    assert (issued.exit_code, issued.stderr) == (0, "Codes told as issued: 1.\n")
    scored = _run("step", "1", "--action", "SAFETY_ASSESSED", "--score", "85", "--decision-ref", "12/QĐ", **own)
    assert (scored.exit_code, scored.stderr) == (0, "Place 1: SAFETY_ASSESSED.\n")
    producer = Producer({"bootstrap.servers": kafka.bootstrap, "log_level": 0})
    producer.produce(topics["place"], None, b"3")
    assert producer.flush(20) == 0
    gone = _run("step", "3", "--action", "CLOSED", **own)
    assert (gone.exit_code, "There is no place 3 in the register" in gone.stderr) == (2, True)
    assert _steps(kafka, topics)[2:] == [(1, "QR_ISSUED", 0), (1, "SAFETY_ASSESSED", 85)]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["CLOSED", "--score", "5"], "--score goes with --action SAFETY_ASSESSED"),
        (["SAFETY_ASSESSED"], "--score goes with --action SAFETY_ASSESSED"),
        (["CLOSED", "--at", "yesterday"], "--at must be a time as 05/08/2021 14:30"),
        (["CLOSED", "--decision-ref", "x" * 101], "--decision-ref may have 100 bytes"),
    ],
)
def test_a_step_that_cannot_be_is_explained(arguments: list[str], complaint: str) -> None:
    ended = _run("step", "7", "--action", *arguments)
    assert ended.exit_code == 2
    assert complaint in ended.stderr


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
