"""A fault this machine can't do is never passed over: named, it ends with exit code 2 and the reason."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.cli.chaos import command


@pytest.mark.parametrize(
    ("fault", "hindrance", "reason"),
    [
        ("full clickhouse disk", "geteuid", "only root may mount"),
        ("clock jump", "which", "needs Linux and a C compiler"),
    ],
)
def test_a_named_fault_that_cannot_be_done_here_could_not_be_checked(
    fault: str, hindrance: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if hindrance == "geteuid":
        monkeypatch.setattr("loadtest.disk.os.geteuid", lambda: 1_000)
    else:
        monkeypatch.setattr("loadtest.clock.shutil.which", lambda _name: None)
    outcome = CliRunner().invoke(command, ["--only", fault, "--rounds", "1", "--data-dir", str(tmp_path)])
    assert outcome.exit_code == 2
    assert "could not be checked" in outcome.output
    assert reason in outcome.output
