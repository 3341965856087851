"""What stands around the processes of a system so that faults can take hold of it: proxies, a disk, a clock."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from loadtest.clock import Clock, moved_clock, no_moved_clock
from loadtest.disk import Disk, no_own_disk, own_disk
from loadtest.offsets import CouldNotCheck
from loadtest.proxy import Proxy

#: Who connects to whom. A proxy can stand between the two.
Link = Literal["worker-broker", "sink-broker", "gateway-broker", "producer-broker", "sink-clickhouse"]
LINKS: tuple[Link, ...] = get_args(Link)
#: What a fault needs to take hold of.
Need = Link | Literal["clickhouse disk", "broker clock"]


def not_here(need: Need) -> str:
    """Return why this machine can't have what a fault needs, or an empty string."""
    match need:
        case "clickhouse disk":
            return no_own_disk()
        case "broker clock":
            return no_moved_clock()
        case _:
            return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What there is to take hold of; everything is as in ordinary operation until a fault does."""

    proxies: Mapping[Link, Proxy] = field(default_factory=lambda: MappingProxyType({}))
    clickhouse_disk: Disk | None = None
    broker_clock: Clock | None = None

    def proxy(self, link: Link) -> Proxy:
        """Return the proxy between the two; raise CouldNotCheck if there is none."""
        if link not in self.proxies:
            raise CouldNotCheck(f"no proxy stands between {link.replace('-', ' and ')}")
        return self.proxies[link]

    def disk(self) -> Disk:
        """Return ClickHouse's disk; raise CouldNotCheck if it has none of its own."""
        if self.clickhouse_disk is None:
            raise CouldNotCheck("ClickHouse has no disk of its own to be filled or slowed down")
        return self.clickhouse_disk

    def clock(self) -> Clock:
        """Return the broker's clock; raise CouldNotCheck if it has none of its own."""
        if self.broker_clock is None:
            raise CouldNotCheck("the broker has no clock of its own to be moved")
        return self.broker_clock


@contextmanager
def surround(needs: AbstractSet[Need], *, directory: Path, clickhouse_directory: Path) -> Iterator[Surroundings]:
    """Put up what `needs` names, before the processes start; take it down when they have ended.

    `directory` is an existing one for files of our own, `clickhouse_directory` where ClickHouse will keep its data.
    Raises CouldNotCheck, in a sentence, where this machine doesn't allow it.
    """
    with ExitStack() as standing:
        yield Surroundings(
            proxies={link: standing.enter_context(Proxy()) for link in LINKS if link in needs},
            clickhouse_disk=(
                standing.enter_context(own_disk(clickhouse_directory, image=directory / "clickhouse-disk.img"))
                if "clickhouse disk" in needs
                else None
            ),
            broker_clock=moved_clock(directory) if "broker clock" in needs else None,
        )
