"""`scanstream plan` as a person runs it, and the document that holds its example."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.cli import main
from deploy.kafka.wanted import wanted_topics
from loadtest.planning.sizing import Demand
from schemas.kinds import VENUE
from tests.docs.commands import ROOT


def test_the_example_in_the_document_is_the_plan_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCANSTREAM_WORKER_LINGER_MS", raising=False)
    monkeypatch.delenv("SCANSTREAM_WINDOW_MINUTES", raising=False)
    file, document = tmp_path / "plan.json", tmp_path / "capacity.md"
    shutil.copy(ROOT / "docs" / "capacity.md", document)
    shown = CliRunner().invoke(main, ["plan", "--json", str(file), "--markdown", str(document)])
    assert shown.exit_code == 0, shown.output
    assert "people * scans_per_day / 86400" in shown.output
    assert {"partitions", "workers", "brokers", "shards"} <= {
        line["symbol"] for line in json.loads(file.read_text())["formulas"]
    }
    assert document.read_text("utf-8") == (ROOT / "docs" / "capacity.md").read_text("utf-8"), (
        "run scanstream plan --markdown docs/capacity.md"
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--measured", "nowhere.json"], "nowhere.json can't be read: No such file or directory."),
        (["--headroom", "1"], "is not in the range 0<=x<1"),
        (["--people", "0"], "is not in the range x>0"),
    ],
)
def test_what_cannot_be_planned_is_one_sentence_and_exit_code_2(options: list[str], sentence: str) -> None:
    shown = CliRunner().invoke(main, ["plan", *options])
    assert shown.exit_code == 2
    assert sentence in shown.output


def test_topics_are_kept_as_long_as_the_formulas_say() -> None:
    kept_ms = {topic.name: int(topic.config.get("retention.ms", 0)) for topic in wanted_topics(partitions=1)}
    fields = Demand.__dataclass_fields__
    assert timedelta(milliseconds=kept_ms[VENUE.topic]).days == fields["raw_days"].default
    assert timedelta(milliseconds=kept_ms[VENUE.landing_topic]).days == fields["landing_days"].default
