"""The raw floor inserts every sound event of a topic once, and leaves no table behind."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any, cast

import clickhouse_connect
import numpy as np
import pytest
from clickhouse_connect.driver.client import Client

from deploy.kafka.broker import Broker
from deploy.kafka.topics import TopicSpec, create_topics
from deploy.local.clickhouse import EmbeddedClickHouse
from loadtest.floor import FloorResult, measure_floor
from loadtest.offsets import end_offsets
from loadtest.produce import Publisher, publish_fast
from loadtest.run import Run
from schemas.kinds import SCANS, Feed
from tests.databases import Databases
from tests.loadtest.scenarios import rough_workload

pytestmark = pytest.mark.integration
_EVENTS = 3_000
_COUNTS = "SELECT count(), uniqExact(scan_id), countIf(place_id = 0), min(event_time) > '2021-01-01' FROM raw_floor"


def test_the_rate_is_over_all_events() -> None:
    assert FloorResult(events=1_000, seconds=0.5).events_per_second == 2_000.0


@dataclass
class _Looks:
    """A client that looks into the floor's table just before it is dropped."""

    client: Client
    seen: list[Sequence[Any]]

    def command(self, text: str) -> None:
        if text == "DROP TABLE raw_floor":
            self.seen += self.client.query(_COUNTS).result_rows
        self.client.command(text)

    def raw_insert(self, *arguments: Any, **settings: Any) -> None:
        self.client.raw_insert(*arguments, **settings)


@pytest.fixture(name="new_client")
def _new_client(clickhouse: EmbeddedClickHouse, databases: Databases) -> Iterator[Callable[[], Client]]:
    """Return a function that makes clients of a database with the product's tables."""
    with databases.lend() as database, ExitStack() as clients:

        def connect() -> Client:
            client = clickhouse_connect.get_client(
                dsn=clickhouse.dsn, database=database.name, autogenerate_session_id=False
            )
            clients.callback(client.close)
            return client

        yield connect


@pytest.mark.parametrize("kind", SCANS, ids=lambda feed: feed.name)
def test_every_sound_event_is_inserted_once(
    kafka: Broker, new_client: Callable[[], Client], unique_name: Callable[[str], str], kind: Feed
) -> None:
    feed = replace(kind, topic=unique_name("floor"))
    create_topics(kafka.bootstrap, [TopicSpec(name=feed.topic, partitions=4)])
    workload = rough_workload(feed, events=_EVENTS)
    run = Run(workload, end_offsets(kafka.bootstrap, feed.topic))
    publish_fast(Publisher(kafka.bootstrap, feed.topic), workload.chunks(), on_chunk=run.note)
    seen: list[Sequence[Any]] = []

    result = measure_floor(
        kafka.bootstrap,
        feed,
        ends=end_offsets(kafka.bootstrap, feed.topic),
        new_client=lambda: cast("Client", _Looks(new_client(), seen)),
    )

    sound = run.published.reason == 0
    assert result.events == _EVENTS
    assert result.seconds > 0
    ids = len(np.unique(run.published.scan_id[sound], axis=0))
    assert seen == [(np.count_nonzero(sound), ids, 0, 1)]
    assert new_client().command("EXISTS TABLE raw_floor") == 0
