"""What a load test knows of the running system: addresses, process ids, and how to start and end a process.

`deploy` provides it. Nothing here knows how a process is made.
"""

from collections.abc import Sequence
from typing import Literal, Protocol

from clickhouse_connect.driver.client import Client

from loadtest.surroundings import Surroundings

Role = Literal["worker", "sink", "clickhouse", "broker", "gateway", "watch", "door"]
#: What load tests run and measure.
ROLES: tuple[Role, ...] = ("worker", "sink", "clickhouse", "broker", "gateway")
#: Raises alerts beside the way of an event; load tests leave it out.
WATCH: Role = "watch"
#: Lets people with access query the embedded ClickHouse; load tests leave it out, too.
DOOR: Role = "door"


class DidNotStart(Exception):
    """A process ended before it was ready, or was not ready in time; the message is a sentence."""


class System(Protocol):
    """A system on this machine. Processes of a role are numbered from 0; all calls come from the main thread."""

    @property
    def kafka(self) -> str:
        """Kafka's bootstrap address."""

    @property
    def publishers_kafka(self) -> str:
        """Kafka's bootstrap address for whoever publishes load: through a proxy, where one stands there."""

    @property
    def surroundings(self) -> Surroundings:
        """What faults can take hold of beside the processes."""

    @property
    def gateway_url(self) -> str:
        """Address of the gateway, without a path."""

    def clickhouse(self) -> Client:
        """Return a new client of ClickHouse that uses the product's database."""

    def pids(self, role: Role) -> Sequence[int]:
        """Return the ids of the role's running processes; empty when it doesn't run here."""

    def metrics_urls(self, role: Role) -> Sequence[str]:
        """Return where the role's running processes serve their metrics."""

    def start(self, role: Role, number: int = 0) -> None:
        """Start a process of the role, also after it was killed, and return when it is ready.

        Raises DidNotStart.
        """

    def stop(self, role: Role, number: int = 0) -> None:
        """End a process in order and wait until it is gone."""

    def kill(self, role: Role, number: int = 0) -> None:
        """End a process with SIGKILL and wait until it is gone."""

    def revive(self) -> list[str]:
        """Start again what ended by itself, as whoever supervises it in production would; may raise DidNotStart.

        Returns a text for each process that ended without being asked to since the last call, also for those that
        were stopped or killed afterwards: its name, how it ended, and its last log lines.
        """
