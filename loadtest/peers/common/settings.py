"""What a peer's process is told by the bench, in environment variables: see `docs/peers.md`."""

import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

_PREFIX = "PEER_"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerSettings:
    """Where a peer reads, where it writes, and which of how many processes it is (counted from 0)."""

    kafka: str
    topic: str
    partitions: int
    group: str
    clickhouse_host: str
    clickhouse_port: int
    clickhouse_user: str
    clickhouse_password: str
    clickhouse_database: str
    table: str
    places: Path
    directory: Path
    number: int = 0
    processes: int = 1
    #: Which way of doing it, for peers that have several (say, where state is kept).
    variant: str = ""

    @classmethod
    def from_environment(cls) -> Self:
        """Return what the variables say; raise KeyError for one that is missing."""
        return cls(**{each.name: each.type(os.environ[_variable(each.name)]) for each in fields(cls)})  # type: ignore[operator]  # types, as nothing here is annotated by text

    def environment(self) -> dict[str, str]:
        """Return the variables that say this."""
        return {_variable(each.name): str(getattr(self, each.name)) for each in fields(self)}


def _variable(name: str) -> str:
    return _PREFIX + name.upper()
