"""The watch over fakes: whatever fails or is killed when, each finding lands once and none is lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from schemas.report_enums import AlertRole, AlertType, Severity
from sinks.errors import Abandoned, ErrorClass, SinkStopped, TryAgain
from sinks.watch.alert import Alert, alert_id
from sinks.watch.rule import WatchRule
from sinks.watch.watch import CATCH_UP, LANDING_DELAY, Watch
from sinks.watch.watch_metrics import WatchMetrics

_START = datetime(2021, 8, 5, tzinfo=UTC)


def _rule(name: str, period_seconds: int) -> WatchRule:
    return WatchRule(
        name=name,
        type=AlertType.RISK_RAISED,
        severity=Severity.WARNING,
        role=AlertRole.COMMUNE,
        period_seconds=period_seconds,
        detail="Something happened.",
    )


_RULE = _rule("often", 60)


@dataclass
class Stores:
    """Fake ClickHouse, Kafka and worker in one. `published` is Kafka's topic, `landed` the table of alerts.

    `failures` are raised by the next calls: by questions before they are answered, by publishing after `taken` alerts.
    """

    findings: dict[bytes, datetime] = field(default_factory=dict)
    published: list[bytes] = field(default_factory=list)
    landed: list[bytes] = field(default_factory=list)
    asked: list[tuple[str, datetime]] = field(default_factory=list)
    ask_failures: list[Exception] = field(default_factory=list)
    publish_failures: list[tuple[int, Exception]] = field(default_factory=list)

    def ask(self, rule: WatchRule, *, since: datetime, now: datetime) -> Sequence[Mapping[str, Any]]:
        if self.ask_failures:
            raise self.ask_failures.pop(0)
        self.asked.append((rule.name, since))
        new = [finding for finding, at in self.findings.items() if finding not in self.landed and since <= at <= now]
        return [{"event_id": finding, "event_time": self.findings[finding], "area_code": 38} for finding in new]

    def publish(self, alerts: Sequence[Alert]) -> None:
        if self.publish_failures:
            taken, failure = self.publish_failures.pop(0)
            self.published += [alert.event_id for alert in alerts[:taken]]
            raise failure
        self.published += [alert.event_id for alert in alerts]

    def land(self) -> None:
        """Land what is in Kafka, each id once, as the worker and the sink do."""
        self.landed += [one for one in dict.fromkeys(self.published) if one not in self.landed]


@dataclass
class World:
    """Stores, a clock, and one watch at a time."""

    rules: Sequence[WatchRule] = (_RULE,)
    stores: Stores = field(default_factory=Stores)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.restart()

    def now(self) -> datetime:
        return _START + timedelta(seconds=self.seconds)

    def restart(self) -> None:
        """Begin with a new process that knows nothing."""
        self.registry = CollectorRegistry()
        self.watch = Watch(
            self.rules,
            answers=self.stores,
            publisher=self.stores,
            metrics=WatchMetrics(self.registry),
            now=self.now,
            clock=lambda: self.seconds,
        )

    def find(self, number: int) -> bytes:
        """Let something be found, that happened now."""
        finding = number.to_bytes(16, "big")
        self.stores.findings[finding] = self.now()
        return finding

    def count(self, name: str, **labels: str) -> float:
        """Return a metric's value."""
        return self.registry.get_sample_value(name, labels) or 0.0


def test_what_is_published_and_not_landed_yet_is_not_published_again() -> None:
    world = World()
    finding = world.find(1)
    world.watch.step()
    world.seconds += 60
    world.watch.step()
    assert world.stores.published == [finding]
    assert world.count("scanstream_alerts_raised_total", type="RISK_RAISED") == 1
    assert world.count("scanstream_watch_runs_total", rule="often", outcome="done") == 2


def test_a_watch_killed_after_publishing_publishes_the_same_ids_again_and_each_lands_once() -> None:
    world = World()
    findings = [world.find(number) for number in range(5)]
    world.stores.publish_failures = [(3, Abandoned("killed"))]
    with pytest.raises(Abandoned):
        world.watch.step()
    world.restart()
    world.watch.step()
    assert len(world.stores.published) == 8
    world.stores.land()
    world.restart()
    world.watch.step()
    assert len(world.stores.published) == 8
    assert sorted(world.stores.landed) == findings


_EVENTS = st.sampled_from(["find", "step", "land", "kill", "kill while publishing", "refuse", "away"])


@given(st.lists(_EVENTS, max_size=40), st.integers(0, 3))
def test_every_finding_lands_once_whatever_fails(events: list[str], taken: int) -> None:
    world = World()
    for number, event in enumerate(events):
        world.seconds += 30
        match event:
            case "find":
                world.find(number)
            case "step":
                world.watch.step()
            case "land":
                world.stores.land()
            case "kill":
                world.restart()
            case "kill while publishing":
                world.stores.publish_failures = [(taken, Abandoned("killed"))]
                world.seconds += 60
                with pytest.raises(Abandoned):
                    world.watch.step()
                world.restart()
            case "refuse":
                world.stores.publish_failures = [(taken, TryAgain("queue full"))]
                world.seconds += 60
                world.watch.step()
            case "away":
                world.stores.ask_failures = [TryAgain("no connection")]
                world.seconds += 60
                world.watch.step()
    world.stores.publish_failures, world.stores.ask_failures = [], []
    world.seconds += 60
    world.watch.step()
    world.stores.land()
    assert sorted(world.stores.landed) == sorted(world.stores.findings)
    assert len(set(world.stores.landed)) == len(world.stores.landed)


def test_rules_are_asked_when_they_are_due() -> None:
    world = World(rules=(_RULE, _rule("seldom", 600)))
    assert world.watch.step() == 60
    for _ in range(10):
        world.seconds += 60
        world.watch.step()
    names = [name for name, _ in world.stores.asked]
    assert (names.count("often"), names.count("seldom")) == (11, 2)


def test_a_store_that_is_away_is_asked_by_one_rule_at_a_time_seldomer_and_seldomer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    world = World(rules=(_RULE, _rule("other", 60)))
    world.stores.ask_failures = [TryAgain("no connection")] * 6
    waits = []
    while world.stores.ask_failures:
        waits.append(world.watch.step())
        world.seconds += waits[-1]
    assert waits == [5, 10, 20, 40, 60, 60]
    assert world.watch.step() == 60
    assert [name for name, _ in world.stores.asked] == ["often", "other"]
    assert world.count("scanstream_watch_runs_total", rule="often", outcome="failed") == 6
    lines = [record.getMessage() for record in caplog.records]
    assert lines[0] == "no alerts are raised for now, asked again in 5 s: no connection"
    assert (len(lines), lines[-1]) == (7, "alerts are raised again")


def test_a_rule_the_server_has_no_time_for_holds_up_no_other() -> None:
    world = World(rules=(_RULE, _rule("other", 60)))
    world.stores.ask_failures = [TryAgain("too slow", ErrorClass.RETRY)]
    assert world.watch.step() == 60
    assert [name for name, _ in world.stores.asked] == ["other"]


def test_a_rule_the_server_has_no_memory_for_waits_for_its_next_turn() -> None:
    world = World()
    world.stores.ask_failures = [TryAgain("memory limit", ErrorClass.RETRY)]
    assert world.watch.step() == 60


def test_a_refused_question_ends_the_watch() -> None:
    world = World()
    world.stores.ask_failures = [SinkStopped("no such table")]
    with pytest.raises(SinkStopped):
        world.watch.step()


def test_only_what_came_since_the_last_good_turn_is_looked_at_with_time_to_land() -> None:
    world = World()
    world.watch.step()
    first = world.now()
    world.seconds += 60
    world.stores.publish_failures = [(0, TryAgain("Kafka is away"))]
    world.watch.step()
    world.seconds += 600
    world.watch.step()
    since = [since for _, since in world.stores.asked]
    assert since == [_START - CATCH_UP - LANDING_DELAY, first - LANDING_DELAY, first - LANDING_DELAY]


def test_once_a_day_three_days_are_looked_at_again() -> None:
    world = World()
    world.watch.step()
    for _ in range(2):
        world.seconds += 86_400
        world.watch.step()
    spans = [_START + timedelta(days=day) - since for day, (_, since) in enumerate(world.stores.asked)]
    assert spans == [CATCH_UP + LANDING_DELAY] * 3


def test_an_id_follows_from_type_and_key() -> None:
    assert alert_id(AlertType.CAPACITY, b"1") == alert_id(AlertType.CAPACITY, b"1")
    assert len({alert_id(kind, key) for kind in AlertType for key in (b"1", b"2")}) == 2 * len(AlertType)
