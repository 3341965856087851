"""`scanstream passes`: what is published, what is printed, and what is refused."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from confluent_kafka import Consumer, TopicPartition
from PIL import Image

from deploy.cli import main
from deploy.kafka.broker import Broker
from deploy.kafka.topics import TopicSpec, create_topics
from deploy.keys import pseudonym_key
from deploy.settings import Settings
from schemas.enums import TokenKind
from schemas.kinds import PASS
from schemas.qr.movement_pass import find_passes
from schemas.wire import decode
from tests.deploy.cli.running import NOWHERE
from tests.deploy.posters.samples import scanned

_SUBJECT, _PASS_ID = "5a" * 16, "c3" * 16
_SECONDS = 30.0
#: Generated: no such number was ever given out (province 000).
_NUMBER = "000300000017"


def _run(*arguments: str | Path, typed: str = "", **environment: str) -> Result:
    return CliRunner(env={**NOWHERE, **environment}).invoke(main, ["passes", *map(str, arguments)], input=typed)


@pytest.fixture
def topic(kafka: Broker, unique_name: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a feed of passes of its own, which the command publishes to."""
    name = unique_name("passes")
    create_topics(kafka.bootstrap, [TopicSpec(name=name, partitions=1)])
    monkeypatch.setattr("deploy.cli.passes.PASS", replace(PASS, topic=name))
    return name


def _published(kafka: Broker, topic: str, count: int) -> list[tuple[bytes, dict[str, Any]]]:
    consumer = Consumer({"bootstrap.servers": kafka.bootstrap, "group.id": topic})
    consumer.assign([TopicPartition(topic, 0, 0)])
    messages = consumer.consume(count, _SECONDS)
    consumer.close()
    return [(message.key(), decode(message.value())[1]) for message in messages]


@pytest.mark.integration
def test_a_pass_is_issued_renewed_and_revoked(kafka: Broker, topic: str, tmp_path: Path) -> None:
    where = {"SCANSTREAM_KAFKA": kafka.bootstrap, "SCANSTREAM_DATA_DIR": str(tmp_path)}
    first = _run("issue", "--kind", "CCCD", "--json", "--png", tmp_path / "pass.png", typed=f"{_NUMBER}\n", **where)
    assert first.exit_code == 0, first.stderr
    made = json.loads(first.stdout)
    again = _run("renew", made["pass_id"], "--subject", made["subject"], "--validity", "calendar", **where)
    assert again.exit_code == 0, again.stderr
    over = _run("revoke", made["pass_id"], "--subject", made["subject"], **where)
    assert (over.exit_code, over.stdout) == (0, "")

    subject = pseudonym_key(Settings(data_dir=tmp_path)).subject(kind=TokenKind.CCCD, identity=_NUMBER)
    assert made["subject"] == subject.hex()
    events = _published(kafka, topic, 3)
    assert {key for key, _ in events} == {subject}
    records = [record for _, record in events]
    assert [record["action"] for record in records] == ["ISSUED", "RENEWED", "REVOKED"]
    assert {record["pass_id"].hex() for record in records} == {made["pass_id"]}
    assert len({record["event_id"] for record in records}) == 3
    assert (records[0]["token_kind"], records[0]["key_version"]) == ("CCCD", 1)
    assert records[0]["valid_until"] - records[0]["valid_from"] == timedelta(hours=72)
    assert (records[1]["valid_until"] + timedelta(hours=7)).time().isoformat() == "00:00:00"

    (code,) = find_passes(made["qr"])
    assert (code.pass_id.hex(), code.valid_until) == (made["pass_id"], datetime.fromisoformat(made["valid_until"]))
    assert code.valid_until == records[0]["valid_until"]
    assert find_passes(again.stdout.strip())[0].valid_until == records[1]["valid_until"]
    with Image.open(tmp_path / "pass.png") as image:
        assert scanned(image) == [made["qr"]]
    assert all(_NUMBER not in said for ended in (first, again, over) for said in (ended.stdout, ended.stderr))


@pytest.mark.parametrize(
    ("arguments", "typed", "complaint"),
    [
        (["issue"], "", "either --subject, or --kind and the number on standard input"),
        (["issue", "--subject", _SUBJECT, "--kind", "CCCD"], "", "either --subject, or --kind"),
        (["issue", "--subject", "abc"], "", "it must be 32 hexadecimal digits"),
        (["issue", "--subject", "00" * 16], "", "that aren't all 0"),
        (["issue", "--kind", "CCCD"], "\n", "There is no number on standard input"),
        (["issue", "--kind", "CCCD"], "0003****0017\n", "The number is masked"),
        (["issue", "--kind", "CCCD"], "3000000017\n", "The number of a CCCD must have 12 digits"),
        (["issue", "--kind", "ANON"], "", "'ANON' is not one of"),
        (["issue", "--subject", _SUBJECT, "--from", "tomorrow"], "", "--from must be a time with its zone"),
        (["issue", "--subject", _SUBJECT, "--from", "2021-08-05T07:00:00"], "", "--from must be a time with its zone"),
        (["renew", _PASS_ID], "", "either --subject, or --kind"),
        (["revoke", "00" * 16, "--subject", _SUBJECT], "", "that aren't all 0"),
    ],
)
def test_what_cannot_be_done_is_explained(arguments: list[str], typed: str, complaint: str, tmp_path: Path) -> None:
    ended = _run(*arguments, typed=typed, SCANSTREAM_DATA_DIR=str(tmp_path))
    assert ended.exit_code == 2
    assert complaint in ended.stderr
    assert "0003" not in ended.stderr
