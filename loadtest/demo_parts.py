"""What a demonstration is made of, as it sees it: loads, a watch and a check."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from loadtest.check import FeedResult
from loadtest.expected import Expected
from loadtest.reports.truth import Sent
from loadtest.run import Run
from loadtest.visibility import Sightings
from schemas.kinds import Feed


class Part(Protocol):
    """Something that is at work in the background while the demonstration runs."""

    def start(self) -> None:
        """Start."""

    def stop(self) -> None:
        """End it, also early."""


class Load(Part, Protocol):
    """A part that publishes."""

    def running(self) -> bool:
        """Tell whether something is still to be published."""

    def join(self) -> None:
        """Wait until everything is acknowledged; raise CouldNotCheck if it can't be."""


class DirectLoad(Load, Protocol):
    """A load that knows what it published; `LiveLoad` is one."""

    runs: list[Run]

    @property
    def published(self) -> int:
        """Events published so far."""


class DeviceLoad(Load, Protocol):
    """A load that goes through the gateway; `GatewayLoad` is one."""

    accepted: int
    requests: int


class Reports(Load, Protocol):
    """A load of reports; `ReportLoad` is one."""

    @property
    def sent(self) -> Mapping[Feed, Sent]:
        """What the gateway confirmed, by feed."""

    @property
    def published(self) -> int:
        """Reports the gateway confirmed so far."""


class Watch(Part, Protocol):
    """Watches which rows can be queried; `Watcher` is one."""

    sightings: Sightings


class Check(Protocol):
    """Looks at what came of the run; `DemoCheck` is the one of the real stores."""

    def drain(self) -> None:
        """Wait until everything published is in the ledger."""

    def results(self, direct: Sequence[Run], *, accepted: int) -> list[FeedResult]:
        """Return each feed's verdict; `accepted` events went through the gateway."""

    def reported(self, sent: Iterable[Sent]) -> list[FeedResult]:
        """Return each report feed's verdict."""

    def expected(self, run: Run) -> Expected:
        """Return what must become of a run's events."""
