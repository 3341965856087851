"""What a peer is: how its processes are made, and what must be said about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

Say = Callable[[str], None]

#: `python`: a module in an environment of its own; `java`: a class of the Maven project; `floor` and `own` are ours.
Kind = Literal["python", "java", "floor", "own"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """One competitor, or one way of using it.

    `folder` lies under `loadtest/peers/` and holds its lock file or Maven project; `main` is the module or class that
    runs, `variant` what it is told to do, in `processes` processes. A slow peer gets a topic of `most_events`.
    """

    name: str
    kind: Kind
    guarantee: str
    sink: str
    note: str = ""
    folder: str = ""
    #: Package or Maven property whose pinned version is the peer's.
    versioned_by: str = ""
    main: str = ""
    variant: str = ""
    #: Where in the Maven project's result its jars are.
    jars: str = ""
    processes: int = 1
    most_events: int | None = None
    options: Sequence[str] = field(default=())


@dataclass(frozen=True, slots=True)
class Command:
    """Arguments of a peer's process and what is added to its environment."""

    arguments: Sequence[str]
    environment: dict[str, str]


class Started(Protocol):
    """A process of a peer that was started."""

    @property
    def pid(self) -> int:
        """Return the process id."""

    @property
    def exit_code(self) -> int | None:
        """Return how it ended, or None while it runs."""

    def output(self) -> str:
        """Return what it has written so far."""

    def ending(self) -> str:
        """Say how it ended."""

    def stop(self) -> None:
        """End it and wait until it is gone."""


class Start(Protocol):
    """Start a process whose output goes to a file of that name."""

    def __call__(self, name: str, command: Command) -> Started:
        """Return the running process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where ClickHouse is, for programs with clients of their own."""

    host: str
    port: int
    user: str
    password: str
    database: str


HERE = Path(__file__).parent
