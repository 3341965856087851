"""A disk of its own under one process's data: a file system in a file, which can be filled up and slowed down."""

import contextlib
import ctypes
import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from loadtest.offsets import CouldNotCheck

#: More than a chaos test writes; the file is sparse and takes only what is written.
_DISK_BYTES = 4 * 1024**3
_CLONE_NEWNS = 0x00020000
_FILLER = "filler"

Command = Callable[[Sequence[str]], None]


class Disk:
    """A mounted file system. `run` runs one command of the system's, as root, and raises CouldNotCheck if it fails."""

    def __init__(self, path: Path, *, run: Command) -> None:
        self.path = path
        self._run = run

    def fill(self, *, leave_bytes: int = 0) -> int:
        """Take all free space but `leave_bytes`, and return how many bytes are taken by now.

        Raises CouldNotCheck if `path` is not a file system of its own: nobody else's disk is to be filled.
        """
        if self.path.stat().st_dev == self.path.parent.stat().st_dev:
            raise CouldNotCheck(f"{self.path} is no disk of its own")
        with (self.path / _FILLER).open("ab") as filler:
            taken = filler.tell()
            for piece in (64 * 1024**2, 1024**2, 4096):
                while shutil.disk_usage(self.path).free >= leave_bytes + piece and _take(filler.fileno(), taken, piece):
                    taken += piece
        return taken

    def free(self) -> None:
        """Give the space back."""
        (self.path / _FILLER).unlink(missing_ok=True)

    def slow_down(self) -> None:
        """Make every write wait for the disk instead of going to memory: some hundred times slower."""
        self._run(["mount", "-o", "remount,sync", str(self.path)])

    def speed_up(self) -> None:
        """Let writes go to memory again."""
        self._run(["mount", "-o", "remount,async", str(self.path)])


def _take(file: int, start: int, size: int) -> bool:
    try:
        os.posix_fallocate(file, start, size)
    except OSError as problem:
        if problem.errno != errno.ENOSPC:
            raise
        return False
    return True


@contextlib.contextmanager
def own_disk(path: Path, *, image: Path) -> Iterator[Disk]:
    """Mount an ext4 file system, kept in the file `image`, at `path`; raise CouldNotCheck where that can't be done.

    Only this process and its children see the mount (a mount namespace), so that nothing is left behind however they
    end. The image stays, to be looked at.
    """
    if reason := no_own_disk():
        raise CouldNotCheck(reason)
    path.mkdir(parents=True)
    _own_mounts()
    with image.open("wb") as file:
        file.truncate(_DISK_BYTES)
    run_command(["mkfs.ext4", "-q", "-O", "^has_journal", "-m", "0", str(image)])
    run_command(["mount", "-o", "loop", str(image), str(path)])
    try:
        yield Disk(path, run=run_command)
    finally:
        # It would go with our mount namespace; what else went wrong is not to be hidden by this.
        with contextlib.suppress(CouldNotCheck):
            run_command(["umount", "--lazy", str(path)])


def no_own_disk() -> str:
    """Return why no disk of its own can be made here, or an empty string."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "a disk of its own is a file system in a file, which only root may mount, on Linux"
    missing = [tool for tool in ("mkfs.ext4", "mount", "umount") if shutil.which(tool) is None]
    return f"{missing[0]} is not installed" if missing else ""


def _own_mounts() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNS) != 0:
        raise CouldNotCheck(f"no mount namespace can be made here: {os.strerror(ctypes.get_errno())}")
    run_command(["mount", "--make-rprivate", "/"])


def run_command(command: Sequence[str]) -> None:
    """Run a command of the system's; raise CouldNotCheck with its own words if it fails."""
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 -- ours, no shell
    except subprocess.CalledProcessError as problem:
        raise CouldNotCheck(f"`{' '.join(command)}` failed: {problem.stderr.strip()}") from problem
