"""Ask each rule when it is due and publish what it finds. One thread; it keeps nothing that has to survive.

A rule's turn:

1. Ask for the rule's rows that are no landed alert. They include those published a moment ago.
2. Leave out what this process published before; publish the rest and wait for Kafka.
3. Only now count the turn as done: the next one need not look at what was logged before this one.

Killed between 2 and 3, the next process asks and publishes the same again, under the same ids: the worker drops them as
retries, so each alert lands once.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schemas.kinds import ALERT
from sinks.errors import ErrorClass, TryAgain
from sinks.watch.alert import alert_of
from sinks.watch.answers import Answers, Publisher
from sinks.watch.away import Away
from sinks.watch.question import MOST_ALERTS
from sinks.watch.rule import WatchRule
from sinks.watch.watch_metrics import WatchMetrics

_log = logging.getLogger(__name__)

#: Rows are looked at again this long after they were logged: they may land that much later.
LANDING_DELAY = timedelta(hours=1)
#: After a start, and once a day, this much is looked at again: as long as an event may be on its way and not very late.
CATCH_UP = timedelta(hours=72)
_CATCH_UP_EVERY = timedelta(days=1)


@dataclass
class _Turns:
    """When a rule is asked next (monotonic seconds), how far it has looked, and what it published that is under way."""

    due: float
    done_until: datetime
    caught_up: datetime
    under_way: set[bytes] = field(default_factory=set)


class Watch:
    """The rules and when each is due; call `step` again and again."""

    def __init__(
        self,
        rules: Sequence[WatchRule],
        *,
        answers: Answers,
        publisher: Publisher,
        metrics: WatchMetrics,
        now: Callable[[], datetime],
        clock: Callable[[], float],
    ) -> None:
        """Make every rule due; `now` gives aware UTC, `clock` seconds that only grow."""
        self._answers, self._publisher, self._metrics = answers, publisher, metrics
        self._now, self._clock, self._away = now, clock, Away(clock)
        self._turns = {rule: _Turns(clock(), now() - CATCH_UP, now()) for rule in rules}

    def step(self) -> float:
        """Give every rule that is due its turn, one after the other; return the seconds until the next is due.

        While ClickHouse or Kafka is away no rule has a turn, and the wait grows. A rule the server had no time or
        memory for waits for its next turn and holds up no other. Raises SinkStopped where ClickHouse refuses a
        rule, and Abandoned when told to stop.
        """
        for rule, turns in self._turns.items():
            if turns.due <= self._clock() and not self._away.seconds:
                turns.due = self._clock() + self._turn(rule, turns)
        due = min(turns.due for turns in self._turns.values()) - self._clock()
        return max(0.0, due, self._away.seconds)

    def _turn(self, rule: WatchRule, turns: _Turns) -> float:
        """Return in how many seconds the rule is due again."""
        with self._metrics.time(rule.name):
            try:
                self._raise_alerts(rule, turns)
            except TryAgain as failure:
                self._metrics.runs.labels(rule.name, "failed").inc()
                if failure.error_class is ErrorClass.NETWORK:
                    self._away.failed(failure)
                    return 0.0
                _log.warning("rule %s: %s", rule.name, failure)
                return rule.period_seconds
        self._away.answered()
        self._metrics.runs.labels(rule.name, "done").inc()
        return rule.period_seconds

    def _raise_alerts(self, rule: WatchRule, turns: _Turns) -> None:
        now = self._now()
        if now - turns.caught_up >= _CATCH_UP_EVERY:
            turns.done_until, turns.caught_up = now - CATCH_UP, now
        rows = self._answers.ask(rule, since=turns.done_until - LANDING_DELAY, now=now)
        new = [alert_of(rule, row, sent_at=now) for row in rows if row["event_id"] not in turns.under_way]
        self._publisher.publish(new)
        turns.under_way = {row["event_id"] for row in rows}
        self._metrics.raised.labels(rule.type.name).inc(len(new))
        if new:
            _log.info("rule %s: %d alerts into %s", rule.name, len(new), ALERT.topic)
        if len(rows) < MOST_ALERTS:
            turns.done_until = now
