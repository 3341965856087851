"""A wall clock for one process that can be moved while it runs: a small library that the process preloads."""

import shutil
import struct
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from loadtest.offsets import CouldNotCheck

_SOURCE = Path(__file__).with_name("moved_clock.c")
_COMPILER = "cc"


@dataclass(frozen=True, slots=True)
class Clock:
    """The wall clock of a process started with `environment`; its monotonic clock stays as it is."""

    file: Path
    library: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """Return what has to be in the process's environment."""
        return {"LD_PRELOAD": str(self.library), "MOVED_CLOCK_FILE": str(self.file)}

    def shift(self, seconds: int) -> None:
        """Set the clock ahead of the machine's, or behind it (negative), at once."""
        with self.file.open("r+b") as file:  # in place: the process has it mapped
            file.write(struct.pack("=q", seconds))


def no_moved_clock() -> str:
    """Return why no clock can be made here, or an empty string."""
    if sys.platform != "linux" or shutil.which(_COMPILER) is None:
        return "moving a process's clock needs Linux and a C compiler (Debian: apt-get install gcc libc6-dev)"
    return ""


def moved_clock(directory: Path) -> Clock:
    """Return a clock that goes right, with its files in `directory`; raise CouldNotCheck where none can be made."""
    if reason := no_moved_clock():
        raise CouldNotCheck(reason)
    library, file = directory.resolve() / "moved_clock.so", directory.resolve() / "moved_clock"
    command = [_COMPILER, "-O2", "-shared", "-fPIC", "-o", str(library), str(_SOURCE), "-ldl"]
    built = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 -- ours, no shell
    if built.returncode:
        raise CouldNotCheck(f"the library that moves a clock does not compile here: {built.stderr.strip()[-300:]}")
    file.write_bytes(struct.pack("=q", 0))
    return Clock(file, library)
