"""Fixtures every room may use: the real broker, the real engine, names nobody else uses."""

import os
import signal
import uuid
from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings

from deploy.kafka.broker import Broker
from deploy.local.clickhouse import EmbeddedClickHouse
from tests.databases import Databases

# A shell has its background jobs ignore Ctrl-C, and so would every process that tests start there and end with it.
signal.signal(signal.SIGINT, signal.default_int_handler)

# No deadline: the first example compiles, and other processes share the machine.
settings.register_profile("quick", deadline=None, max_examples=50)
settings.register_profile("thorough", deadline=None, max_examples=5_000)
settings.load_profile(os.environ.get("SCANSTREAM_HYPOTHESIS", "quick"))


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Start one real Kafka broker for all tests; without its jars the tests fail and say `make setup`.

    A test that kills it must restart it. Tests share it, so they take topic and group names from `unique_name`.
    """
    broker = Broker(tmp_path_factory.mktemp("kafka"))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def clickhouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedClickHouse]:
    """Start one embedded ClickHouse server for all tests; the same rules as for `kafka`, with database names."""
    server = EmbeddedClickHouse(tmp_path_factory.mktemp("clickhouse"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def databases(clickhouse: EmbeddedClickHouse, unique_name: Callable[[str], str]) -> Databases:
    """Return what lends databases with all tables on the embedded ClickHouse."""
    return Databases(clickhouse.url, new_name=lambda: unique_name("tables"))


@pytest.fixture(scope="session")
def unique_name() -> Callable[[str], str]:
    """Return a function that makes names for topics, groups and databases: `test_<what>_<random>`."""

    def name(what: str) -> str:
        return f"test_{what}_{uuid.uuid4().hex[:10]}"

    return name
