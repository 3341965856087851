"""The sink as a process, on the real broker and the real engine."""

import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.kafka.broker import Broker
from deploy.local.clickhouse import EmbeddedClickHouse
from tests.integration.sink_rig import Landing, SinkProcess, make_topics, wait_until, with_kafka
from tests.sinks.conftest import Database, database  # noqa: F401 -- a fixture

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]


@pytest.fixture
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Start a broker of its own: the sink's topics have fixed names."""
    broker = Broker(tmp_path_factory.mktemp("sink-kafka"))
    broker.start()
    make_topics(broker.bootstrap)
    yield broker
    broker.stop()


@pytest.fixture
def landing(broker: Broker) -> Landing:
    """Return landing partitions with something in them."""
    landing = Landing(broker.bootstrap)
    landing.publish(200)
    return landing


@pytest.fixture
def new_sink(
    broker: Broker,
    database: Database,  # noqa: F811 -- the fixture
    unique_name: Callable[[str], str],
    tmp_path: Path,
) -> Iterator[Callable[[], SinkProcess]]:
    """Return a function that makes sinks of one group; stop them all afterwards."""
    made: list[SinkProcess] = []
    group = unique_name("sink")

    def make() -> SinkProcess:
        config = with_kafka(database.config, broker.bootstrap, group)
        made.append(SinkProcess(config, str(tmp_path / f"sink{len(made)}.log")))
        return made[-1]

    yield make
    for sink in made:
        sink.stop()


def test_everything_published_lands_and_sigterm_ends_it(
    landing: Landing,
    database: Database,  # noqa: F811
    new_sink: Callable[[], SinkProcess],
) -> None:
    sink = new_sink()
    sink.start()
    landing.publish(200)
    wait_until(lambda: landing.recorded(database))
    landing.assert_landed(database)
    assert sink.stop() == 0
