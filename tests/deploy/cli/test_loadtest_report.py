"""`scanstream loadtest report` as a person runs it."""

import json
from pathlib import Path

from click.testing import CliRunner

from deploy.cli import main
from tests.loadtest.reporting.run_directory import write_run


def test_a_page_a_summary_and_pictures_are_written(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", status="interrupted", seconds=5)
    about = json.loads((run / "run.json").read_text("utf-8"))
    (run / "run.json").write_text(json.dumps({**about, "scenarios": ["steady"]}), "utf-8")
    text = tmp_path / "docs" / "benchmarks.md"
    shown = CliRunner().invoke(main, ["loadtest", "report", str(run), "--markdown", str(text)])
    assert shown.exit_code == 0, shown.output
    assert (run / "report.html").read_text("utf-8").rstrip().endswith("</html>")
    assert "](benchmarks/cpu.png)" in text.read_text("utf-8")
    assert (text.parent / "benchmarks" / "cpu.png").is_file()


def test_a_directory_that_is_no_run_is_one_sentence_and_exit_code_2(tmp_path: Path) -> None:
    shown = CliRunner().invoke(main, ["loadtest", "report", str(tmp_path / "nowhere")])
    assert shown.exit_code == 2
    assert "nowhere has no run.json, so it isn't the directory of a load test." in shown.output
    assert "Traceback" not in shown.output
