"""`make` tells what it can do, and names the program that is missing."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_MAKE = shutil.which("make") or "make"


def _make(*arguments: str, directory: Path = _ROOT, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        [_MAKE, *arguments],
        cwd=directory,
        env=environment if path is None else {"PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _targets_of_help() -> list[str]:
    return re.findall(r"^ +make (\w+) ", _make("help").stdout, flags=re.MULTILINE)


def test_help_lists_what_the_readme_needs() -> None:
    assert set(_targets_of_help()) >= {"setup", "run", "test", "lint", "bench", "clean"}
    assert _make().stdout == _make("help").stdout


@pytest.mark.parametrize("target", _targets_of_help())
def test_every_listed_target_exists(target: str) -> None:
    ended = _make("--dry-run", target)
    assert ended.returncode == 0, ended.stderr


def test_run_passes_its_settings_on() -> None:
    (line,) = [
        line for line in _make("--dry-run", "run", "SECONDS=300", "RATE=20000").stdout.splitlines() if "demo" in line
    ]
    assert line.endswith("scanstream demo --seconds 300 --rate 20000")


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("var/kafka-jars/.complete", "Maven is missing: install the package maven; it fetches Kafka's jars."),
        (".venv/.installed", "Python 3.11 is missing: install it, or say make PYTHON=/path/to/python3.11."),
    ],
)
def test_a_missing_program_is_named(tmp_path: Path, target: str, sentence: str) -> None:
    for file in ("Makefile", "requirements.lock", "pyproject.toml", "deploy/kafka/pom.xml"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(_ROOT / file, tmp_path / file)
    nothing = tmp_path / "empty"
    nothing.mkdir()
    ended = _make(target, directory=tmp_path, path=str(nothing))
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[0] == sentence


def test_what_clean_removes_is_compiled_by_the_next_setup(tmp_path: Path) -> None:
    for file in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(_ROOT / file, tmp_path / file)
    for package in ("deploy", "loadtest", "schemas", "sinks", "streams", "tests"):
        (tmp_path / package).mkdir()
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.symlink_to(shutil.which("true") or "true")
    (tmp_path / ".venv/.installed").touch()
    compiled = "streams/__pycache__/.compiled"
    assert _make(compiled, directory=tmp_path).returncode == 0
    assert "warm_up" not in _make("--dry-run", "setup", directory=tmp_path).stdout
    assert _make("clean", directory=tmp_path).returncode == 0
    again = _make("--dry-run", "setup", directory=tmp_path).stdout
    assert "warm_up" in again
    assert "pip install" not in again
