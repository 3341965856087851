"""Bring the stores to what this version needs: topics in Kafka, tables in ClickHouse."""

from collections.abc import Iterator
from contextlib import contextmanager

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from clickhouse_connect.driver.httpclient import HttpClient

from deploy.kafka.topics import create_topics
from deploy.kafka.wanted import wanted_topics
from deploy.settings import Settings
from deploy.user_error import UserError
from deploy.wiring import sink_config
from sinks.clickhouse_writer import connect
from sinks.errors import SinkStopped, TryAgain
from sinks.migrate import MigrationChanged, migrate


def migrate_stores(settings: Settings) -> list[str]:
    """Make missing topics and tables and return what was made, by name; safe to repeat.

    `settings` hold both addresses. Raises UserError where a store refuses.
    """
    topics = create_topics(settings.kafka, wanted_topics(partitions=settings.partitions))
    with clickhouse_client(settings) as client:
        applied = migrate(client, settings.clickhouse_database)
    return [*topics, *(f"{migration.version:04}_{migration.name}" for migration in applied)]


@contextmanager
def clickhouse_client(settings: Settings) -> Iterator[Client]:
    """Give a client of the ClickHouse in `settings`; its errors inside the block become UserError."""
    try:
        client = connect(sink_config(settings, metrics_port=0))
        try:
            yield client
        finally:
            _close(client)
    except (TryAgain, SinkStopped, MigrationChanged) as problem:
        raise UserError(str(problem)) from problem
    except ClickHouseError as problem:
        first_line = str(problem).splitlines()[0]
        raise UserError(f"ClickHouse at {settings.clickhouse_url} refused: {first_line}") from problem


def _close(client: Client) -> None:
    client.close()
    if isinstance(client, HttpClient):
        # `close` leaves a pool it was handed open, and a server that stops waits for idle connections.
        client.http.clear()
