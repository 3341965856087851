"""A clock for one process that can be set while it runs, by libfaketime (Debian's package of that name)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from loadtest.offsets import CouldNotCheck

#: Where Debian and Fedora put it; the variant for programs with threads.
LIBRARIES = (
    *(Path(f"/usr/lib/{machine}-linux-gnu/faketime/libfaketimeMT.so.1") for machine in ("x86_64", "aarch64")),
    Path("/usr/lib64/faketime/libfaketimeMT.so.1"),
)
#: A program sees a new offset after at most this long.
SEEN_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Clock:
    """The wall clock of a process started with `environment`; its monotonic clock stays as it is."""

    file: Path
    library: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """Return what has to be in the process's environment."""
        return {
            "LD_PRELOAD": str(self.library),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_CACHE_DURATION": str(SEEN_SECONDS),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
            # Otherwise condition variables of a JVM time out at the wrong moment, and its start takes a minute.
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        }

    def shift(self, seconds: float) -> None:
        """Set the clock ahead of the machine's (behind it: negative), within SEEN_SECONDS."""
        beside = self.file.with_suffix(".new")
        beside.write_text(f"{seconds:+.0f}\n", "ascii")
        beside.replace(self.file)  # whole at any moment


def no_fake_clock(*, libraries: Sequence[Path] = LIBRARIES) -> str:
    """Return why no clock can be made here, or an empty string."""
    if any(path.exists() for path in libraries):
        return ""
    return "moving a process's clock needs libfaketime (Debian: apt-get install libfaketime)"


def fake_clock(file: Path, *, libraries: Sequence[Path] = LIBRARIES) -> Clock:
    """Return a clock that goes right and is set by `file`; raise CouldNotCheck if libfaketime isn't installed."""
    if reason := no_fake_clock(libraries=libraries):
        raise CouldNotCheck(reason)
    clock = Clock(file.resolve(), next(path for path in libraries if path.exists()))
    clock.shift(0)
    return clock
