"""Make what a peer runs in, on first use: a virtual environment from its lock file, or a jar by Maven."""

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from loadtest.offsets import CouldNotCheck
from loadtest.peers.peer import HERE, Say

_LOCK = "requirements.lock"
_LAST_LINES = 8
_JAVA = HERE / "jvm"
_AVRO = HERE.parents[1] / "schemas" / "avro"


def python_of(folder: str, *, directory: Path, say: Say) -> Path:
    """Return the interpreter of a peer's own environment under `directory`, made by uv if it isn't there.

    The environment's name has the lock file's hash: another lock makes another one. Raises CouldNotCheck when the
    packages can't be installed.
    """
    lock = HERE / folder / _LOCK
    place = directory / f"{folder}-{_digest([lock])}"
    python = place / "bin" / "python"
    if not (place / ".complete").exists():
        say(f"{folder}: installing the packages of {lock.name} into an environment of its own")
        uv = str(Path(sys.executable).with_name("uv"))
        _run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(place)])
        _run([uv, "pip", "install", "--quiet", "--python", str(python), "--require-hashes", "-r", str(lock)])
        _run([str(python), "-m", "compileall", "-q", "-j", "0", str(place / "lib")], may_fail=True)
        (place / ".complete").touch()
    return python


def jars_of(directory: Path, *, say: Say) -> Path:
    """Return the directory with all jars of the JVM peers under `directory`, built by Maven if they aren't there."""
    sources = sorted(
        path for path in _JAVA.rglob("*") if path.suffix in {".java", ".xml"} and "target" not in path.parts
    )
    place = directory / f"jvm-{_digest([*sources, *sorted(_AVRO.glob('*.avsc'))])}"
    if not (place / ".complete").exists():
        say("jvm: building the Kafka Streams and Flink programs with Maven")
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        where = [f"-Dpeers.directory={place}", f"-Dpeers.avro={_AVRO}"]
        _run(["mvn", "-q", "-B", "-f", str(_JAVA / "pom.xml"), *where, "package"])
        (place / ".complete").touch()
    return place


def pinned_version(folder: str, name: str) -> str:
    """Return the version of a package in a lock file, or of a property in a Maven project; empty if it isn't there."""
    if (lock := HERE / folder / _LOCK).exists():
        found = re.search(rf"^{re.escape(name)}==(\S+)", lock.read_text("utf-8"), re.MULTILINE)
    else:
        pom = (HERE / folder / "pom.xml").read_text("utf-8")
        found = re.search(rf"<{re.escape(name)}>([^<]+)</{re.escape(name)}>", pom)
    return found[1] if found else ""


def _digest(paths: Sequence[Path]) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:12]


def _run(arguments: list[str], *, may_fail: bool = False) -> None:
    try:
        done = subprocess.run(arguments, capture_output=True, text=True, check=False)  # noqa: S603 -- our own commands
    except FileNotFoundError as missing:
        raise CouldNotCheck(f"{arguments[0]} isn't installed") from missing
    if done.returncode and not may_fail:
        last = " / ".join((done.stdout + done.stderr).strip().splitlines()[-_LAST_LINES:])
        raise CouldNotCheck(f"{Path(arguments[0]).name} failed: {last}")
