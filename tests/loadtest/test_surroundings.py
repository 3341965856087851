"""Proxies, disk and clock are put up as asked and taken down; where that can't be done, it is said why."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from loadtest.clock import moved_clock, no_moved_clock
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


_TELLS = """
import sys, time
print(time.time(), time.monotonic(), flush=True)
sys.stdin.readline()
print(time.time(), time.monotonic(), flush=True)
"""


@pytest.mark.skipif(bool(no_moved_clock()), reason="no clock can be made here")
def test_a_running_process_sees_its_wall_clock_jump_and_the_other_go_on(tmp_path: Path) -> None:
    clock = moved_clock(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", _TELLS],
        env={**os.environ, **clock.environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdin
        before, steady_before = map(float, process.stdout.readline().split())
        clock.shift(-86_400)
        process.stdin.write("\n")
        process.stdin.flush()
        after, steady_after = map(float, process.stdout.readline().split())
    elapsed = steady_after - steady_before
    assert before - after == pytest.approx(86_400 - elapsed, abs=1)
    assert elapsed >= 0


def test_without_a_compiler_it_is_said_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CouldNotCheck, match="apt-get install gcc"):
        moved_clock(tmp_path)


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
    nearly = disk.fill(leave_bytes=100 * 1024**2)
    (disk.path / "room").write_bytes(bytes(8192))
    taken = disk.fill()
    assert 90 * 1024**2 < taken - nearly < 110 * 1024**2
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
