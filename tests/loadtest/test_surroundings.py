"""Proxies, disk and clock are put up as asked and taken down; where that can't be done, it is said why."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from loadtest.clock import fake_clock, no_fake_clock
from loadtest.disk import Disk, no_own_disk, own_disk, run_command
from loadtest.offsets import CouldNotCheck
from loadtest.surroundings import not_here, surround


def test_only_what_is_needed_is_put_up(tmp_path: Path) -> None:
    with surround({"worker-broker"}, directory=tmp_path, clickhouse_directory=tmp_path / "clickhouse") as standing:
        assert list(standing.proxies) == ["worker-broker"]
        assert standing.proxy("worker-broker").port
        for absent in (lambda: standing.proxy("sink-broker"), standing.disk, standing.clock):
            with pytest.raises(CouldNotCheck):
                absent()
    assert list(tmp_path.iterdir()) == []


def test_a_network_needs_nothing_of_the_machine() -> None:
    assert not_here("worker-broker") == ""


def test_a_clock_is_set_whole_and_leaves_monotonic_time_alone(tmp_path: Path) -> None:
    library = tmp_path / "libfaketime.so.1"
    library.touch()
    clock = fake_clock(tmp_path / "clock", libraries=[tmp_path / "absent", library])
    assert clock.file.read_text() == "+0\n"
    clock.shift(-3_600)
    assert clock.file.read_text() == "-3600\n"
    environment = clock.environment
    assert environment["LD_PRELOAD"] == str(library)
    assert environment["FAKETIME_TIMESTAMP_FILE"] == str(clock.file)
    assert environment["DONT_FAKE_MONOTONIC"] == "1"


@pytest.mark.skipif(bool(no_fake_clock()), reason="libfaketime is not installed")
def test_a_process_sees_the_clock_it_is_given(tmp_path: Path) -> None:
    clock = fake_clock(tmp_path / "clock")
    clock.shift(-86_400)
    command = [sys.executable, "-c", "import time; print(time.time())"]
    told = subprocess.run(command, env={**os.environ, **clock.environment}, check=True, capture_output=True, text=True)
    mine = subprocess.run(command, check=True, capture_output=True, text=True)
    assert float(mine.stdout) - float(told.stdout) == pytest.approx(86_400, abs=30)


def test_without_libfaketime_it_is_said_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(CouldNotCheck, match="apt-get install libfaketime"):
        fake_clock(tmp_path / "clock", libraries=[tmp_path / "absent"])


def test_a_disk_that_is_somebody_elses_too_is_not_filled(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    with pytest.raises(CouldNotCheck, match="no disk of its own"):
        Disk(shared, run=lambda _command: None).fill()
    assert list(shared.iterdir()) == []


def test_a_disk_is_slowed_down_by_writing_through(tmp_path: Path) -> None:
    done: list[Sequence[str]] = []
    disk = Disk(tmp_path, run=done.append)
    disk.slow_down()
    disk.speed_up()
    assert done == [["mount", "-o", f"remount,{mode}", str(tmp_path)] for mode in ("sync", "async")]


def test_who_is_not_root_is_told_so_before_anything_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loadtest.disk.os.geteuid", lambda: 1_000)
    assert "only root" in no_own_disk()
    with pytest.raises(CouldNotCheck, match="only root"), own_disk(tmp_path / "disk", image=tmp_path / "image"):
        raise AssertionError("it was mounted")
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_fails_is_told_in_its_own_words(tmp_path: Path) -> None:
    with pytest.raises(CouldNotCheck, match="absent"):
        run_command(["ls", str(tmp_path / "absent")])


_FILLS = """
import errno, sys
from pathlib import Path
from loadtest.disk import own_disk
with own_disk(Path(sys.argv[1]), image=Path(sys.argv[2])) as disk:
    taken = disk.fill()
    try:
        (disk.path / "more").write_bytes(bytes(8192))
    except OSError as problem:
        assert problem.errno == errno.ENOSPC
    else:
        raise AssertionError("there was room")
    disk.free()
    (disk.path / "more").write_bytes(bytes(8192))
    print(taken)
"""


@pytest.mark.skipif(bool(no_own_disk()), reason="no disk of its own can be made here")
def test_a_full_disk_takes_nothing_until_it_is_freed_and_nobody_else_sees_it(tmp_path: Path) -> None:
    # In a process of its own, which leaves the tests' mounts alone.
    told = subprocess.run(
        [sys.executable, "-c", _FILLS, str(tmp_path / "disk"), str(tmp_path / "image")],
        check=False,
        capture_output=True,
        text=True,
    )
    if "CouldNotCheck" in told.stderr:
        pytest.skip("this machine lets nobody mount")
    assert told.returncode == 0, told.stderr
    assert int(told.stdout) > 3 * 1024**3
    assert str(tmp_path) not in Path("/proc/mounts").read_text()
