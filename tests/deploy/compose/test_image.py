"""The image's steps, done here without Docker: what is copied installs, and runs every command of the compose file."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from deploy.settings import Settings, load, variable

_ROOT = Path(__file__).parents[3]
_COMPOSE = _ROOT / "deploy" / "compose"
_DOCKERFILE = (_COMPOSE / "Dockerfile").read_text()
_SERVICES = yaml.safe_load((_COMPOSE / "compose.yaml").read_text())["services"]
_OURS = {name: service for name, service in _SERVICES.items() if service["image"] == "scanstream"}
_ROOMS = ("schemas", "streams", "sinks", "deploy", "loadtest")
#: Used where the file lies in the checkout or by other containers, not by the package.
_NOT_IN_THE_PACKAGE = re.compile(r"deploy/(compose|grafana|prometheus)/|deploy/kafka/pom.xml|\.md$")


def _copied() -> list[str]:
    return [name for names in re.findall(r"^COPY (.+) \S+$", _DOCKERFILE, flags=re.MULTILINE) for name in names.split()]


@pytest.fixture(scope="module", name="installed")
def _installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy what the Dockerfile copies, install the package as it does, and return where to."""
    context, target = tmp_path_factory.mktemp("context"), tmp_path_factory.mktemp("image")
    for name in _copied():
        if (_ROOT / name).is_dir():
            shutil.copytree(_ROOT / name, context / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(_ROOT / name, context / name)
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    subprocess.run([*install, "--target", str(target), "."], cwd=context, check=True, capture_output=True)
    return target


def _run(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from deploy.cli import main; main(prog_name='scanstream')", *arguments],
        cwd=installed,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_installed_package_has_the_files_of_the_checkout(installed: Path) -> None:
    tracked = subprocess.run(["git", "ls-files", *_ROOMS], cwd=_ROOT, capture_output=True, text=True, check=True).stdout
    wanted = {name for name in tracked.splitlines() if not _NOT_IN_THE_PACKAGE.search(name)}
    assert len(wanted) > 100
    assert {name for name in wanted if (_ROOT / name).exists() and not (installed / name).exists()} == set()
    assert (installed / "bin" / "scanstream").exists()


@pytest.mark.parametrize("name", _OURS)
def test_a_service_runs_a_command_of_the_installed_package(installed: Path, name: str) -> None:
    ended = _run(installed, *_OURS[name]["command"], "--help")
    assert ended.returncode == 0, ended.stderr
    assert f"Usage: scanstream {name} " in ended.stdout


def test_the_entry_point_is_the_packages_command() -> None:
    assert 'ENTRYPOINT ["scanstream"]' in _DOCKERFILE
    assert 'scanstream = "deploy.cli:main"' in (_ROOT / "pyproject.toml").read_text()


def test_the_images_environment_holds_settings_that_load() -> None:
    (line,) = re.findall(r"^ENV (.+)$", _DOCKERFILE, flags=re.MULTILINE)
    environment = dict(pair.split("=") for pair in line.split() if pair.startswith("SCANSTREAM_"))
    assert set(environment) <= {variable(name) for name in Settings.__dataclass_fields__}
    settings = load(environment, {})
    assert settings.listen_host == "0.0.0.0"  # noqa: S104 -- inside the container; compose publishes on loopback only
    assert f"VOLUME {settings.data_dir}\n" in _DOCKERFILE


def test_the_key_of_pseudonyms_outlives_the_container() -> None:
    holders = {name for name, service in _OURS.items() if "keys:/data" in service.get("volumes", [])}
    assert holders == {"gateway"}


def test_the_build_is_sent_what_it_copies_and_no_more() -> None:
    kept = {line[1:] for line in (_ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert kept == set(_copied())
