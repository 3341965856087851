import pytest
from faust.types import TP

from schemas.kinds import CHECKPOINT, FEEDS, VENUE
from streams.app import BatchPositions, WorkerApp, create_app
from streams.batch import BatchProcessor
from streams.config import WorkerConfig
from streams.landing_log import LandingLog
from streams.lanes import lane_key
from streams.partition import Partition
from streams.people.loader import PeopleLoader
from streams.registry.loader import RegistryLoader
from streams.window.rules import MINUTE_MS, WindowRules


@pytest.fixture
async def app() -> WorkerApp:
    return create_app(WorkerConfig(bootstrap="127.0.0.1:1,127.0.0.1:2", group="testers", horizon_minutes=12))


async def test_every_feed_has_an_agent_on_its_topic_and_a_log(app: WorkerApp) -> None:
    assert set(app.agents) == {f"{feed.name}-agent" for feed in FEEDS}
    assert {str(agent.channel) for agent in app.agents.values()} == {str(app.topic(feed.topic)) for feed in FEEDS}
    logs = [table for table in app.tables.values() if isinstance(table, LandingLog)]
    assert {log.changelog_topic.topics[0] for log in logs} == {feed.landing_topic for feed in FEEDS}
    assert {log.feed for log in logs} == set(FEEDS)


async def test_a_log_has_the_rules_of_its_feed(app: WorkerApp) -> None:
    log = app.tables[f"{CHECKPOINT.name}-landing"]
    assert isinstance(log, LandingLog)
    assert log.rules == WindowRules(rescan_ms=120_000, horizon_ms=12 * MINUTE_MS)
    assert log.processor.feed is CHECKPOINT


async def test_all_brokers_are_reached_through_the_batch_transport(app: WorkerApp) -> None:
    assert [(url.scheme, url.port) for url in app.conf.broker] == [("scanstream", 1), ("scanstream", 2)]


async def test_a_landing_message_waits_for_all_replicas(app: WorkerApp) -> None:
    assert app.conf.producer_acks == -1


async def test_topics_are_not_made_by_workers(app: WorkerApp) -> None:
    assert not app.conf.topic_allow_declare


async def test_raw_topics_alone_come_in_batches_with_the_linger(app: WorkerApp) -> None:
    assert app.batch_source.batch_topics == {feed.topic for feed in FEEDS}
    assert app.batch_source.linger_ms == 300


async def test_positions_are_those_of_the_lanes(app: WorkerApp) -> None:
    source = BatchPositions(WorkerConfig(bootstrap="127.0.0.1:1"), app.lanes)
    assert source.next_offset(TP(VENUE.topic, 3)) is None
    rules = WindowRules(rescan_ms=VENUE.rescan_window_ms)
    partition = Partition.fresh(processor=BatchProcessor(feed=VENUE), number=3, rules=rules)
    partition.next_offset = 40
    app.registry = SilentRegistry("nowhere:1", lambda _warning: None)
    app.registry.ready.set()
    app.people = PeopleLoader("nowhere:1", [VENUE], lambda _warning: None)
    app.prepare()
    app.lanes.open(lane_key(VENUE, 3), partition)
    assert source.next_offset(TP(VENUE.topic, 3)) == 40
    await app.lanes.close()
    await app.prepared()
    assert source.next_offset(TP(VENUE.topic, 3)) is None


class SilentRegistry(RegistryLoader):
    """A registry that never has anything to tell."""

    def start(self) -> None:
        return


async def test_a_worker_without_a_registry_ends_instead_of_taking_every_place_for_unknown(
    app: WorkerApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.app._REGISTRY_SECONDS", 0.01)
    app.registry = SilentRegistry("nowhere:1", lambda _warning: None)
    app.people = PeopleLoader("nowhere:1", [VENUE], lambda _warning: None)
    app.prepare()
    with pytest.raises(RuntimeError, match="the registry could not be read from Kafka within"):
        await app.prepared()


async def test_a_worker_that_cant_read_what_is_known_of_people_ends(
    app: WorkerApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.app._REGISTRY_SECONDS", 0.01)
    app.registry = SilentRegistry("nowhere:1", lambda _warning: None)
    app.registry.ready.set()
    app.people = SilentPeople("nowhere:1", FEEDS, lambda _warning: None)
    app.prepare()
    with pytest.raises(RuntimeError, match="nothing of what is known of people was read from Kafka for"):
        await app.prepared()


async def test_a_worker_waits_while_it_still_reads_what_is_known_of_people(
    app: WorkerApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.app._REGISTRY_SECONDS", 0.01)
    app.registry = SilentRegistry("nowhere:1", lambda _warning: None)
    app.registry.ready.set()
    app.people = SlowPeople("nowhere:1", FEEDS, lambda _warning: None)
    app.prepare()
    await app.prepared()
    assert app.people.ready.is_set()


class SilentPeople(PeopleLoader):
    """Never reads anything."""

    def start(self) -> None:
        return


class SlowPeople(SilentPeople):
    """Reads an event each time it is asked how many it has, and is ready after three."""

    @property
    def taken(self) -> int:
        self.read += 1
        if self.read > 3:
            self.ready.set()
        return self.read

    @taken.setter
    def taken(self, number: int) -> None:
        self.read = number
