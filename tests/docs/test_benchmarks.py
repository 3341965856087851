"""The page of benchmarks says what the files of the kept runs say, and shows pictures that are there."""

import re

from loadtest.reporting.content import content_of
from loadtest.reporting.markdown import markdown_of
from loadtest.reporting.read import joined, read_load_test
from tests.docs.commands import ROOT

_PAGE = ROOT / "docs/benchmarks.md"
_RUNS = ROOT / "docs/benchmarks/runs"


def test_the_page_is_what_make_report_writes() -> None:
    runs = sorted(_RUNS.iterdir())
    content = content_of(joined([read_load_test(run) for run in runs], [f"../{run.name}/" for run in runs]))
    assert _PAGE.read_text("utf-8") == markdown_of(content, pictures="benchmarks/")


def test_its_pictures_are_there_and_no_others() -> None:
    shown = set(re.findall(r"\]\(benchmarks/([^)]+)\)", _PAGE.read_text("utf-8")))
    kept = {file.name for file in (ROOT / "docs/benchmarks").glob("*.png")}
    assert shown == kept
