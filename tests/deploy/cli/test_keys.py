"""Keys are listed and rotated from the command line, and no secret is ever shown."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deploy.cli import main


def _keys(data_dir: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["keys", *arguments, "--data-dir", str(data_dir)])


@pytest.mark.parametrize("purpose", ["pseudonym", "vault"])
def test_rotating_makes_a_new_current_key_and_shows_no_secret(tmp_path: Path, purpose: str) -> None:
    _keys(tmp_path, "list", "--purpose", purpose)
    rotated = _keys(tmp_path, "rotate", "--purpose", purpose)
    assert rotated.exit_code == 0
    assert "Version 2 is current" in rotated.output
    listed = _keys(tmp_path, "list", "--purpose", purpose)
    states = [line.split()[:2] for line in listed.output.splitlines()]
    assert states == [["1", "linked" if purpose == "pseudonym" else "kept"], ["2", "current"]]
    (file,) = (tmp_path / "keys").iterdir()
    for line in file.read_text().splitlines():
        assert line.split(":")[1] not in rotated.output + listed.output


def test_a_script_reads_until_when_a_key_is_linked(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"1:{'ab' * 32}\n2:{'cd' * 32}:2021-09-01T00:00:00+00:00\n")
    shown = _keys(tmp_path, "list", "--json", "--pseudonym-key-file", str(tmp_path / "key"))
    assert json.loads(shown.output) == [
        {"version": 1, "state": "retired", "made_at": None, "linked_until": "2021-09-30T00:00:00+00:00"},
        {"version": 2, "state": "current", "made_at": "2021-09-01T00:00:00+00:00", "linked_until": None},
    ]
