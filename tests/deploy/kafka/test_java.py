"""What the broker needs and isn't there is explained before anything starts."""

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from deploy.kafka.broker import Broker
from deploy.kafka.java import find_jars, find_java
from deploy.user_error import UserError

_Usage = namedtuple("_Usage", "total used free")


def test_missing_jars_are_explained(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="run `make setup`"):
        find_jars(tmp_path)


def test_java_home_wins_over_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.touch(mode=0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert find_java() == str(java)


def test_a_full_disk_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: _Usage(100, 99, 1))
    with pytest.raises(UserError, match=r"Only 0 MiB are free .* needs at least 1 GiB: free some space"):
        Broker(tmp_path).program()
