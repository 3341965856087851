"""Where the answers to rules come from, and where alerts go. The real ones are beside this file."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sinks.watch.alert import Alert
from sinks.watch.rule import WatchRule


class Answers(Protocol):
    """What has landed, asked by rules."""

    def ask(self, rule: WatchRule, *, since: datetime, now: datetime) -> Sequence[Mapping[str, Any]]:
        """Return the rule's rows that are no landed alert yet, by event time.

        Raises TryAgain, and SinkStopped where ClickHouse refuses the question.
        """


class Publisher(Protocol):
    """A way into the alerts' topic."""

    def publish(self, alerts: Sequence[Alert]) -> None:
        """Publish alerts and return once Kafka has acknowledged all.

        Raises TryAgain if one was not taken (others may have been), and Abandoned when told to stop meanwhile.
        """
