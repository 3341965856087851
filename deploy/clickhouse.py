"""Clients of the product's ClickHouse, for commands."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from clickhouse_connect.driver.httpclient import HttpClient

from deploy.settings import Settings
from deploy.user_error import UserError
from deploy.wiring import sink_config
from sinks.clickhouse_writer import connect
from sinks.cluster.render import CannotRender
from sinks.errors import SinkStopped, TryAgain, exception_for
from sinks.migrate import MigrationChanged


def new_client(settings: Settings, *, timeout_seconds: int | None = None) -> Client:
    """Return a client whose database is the product's; close it with `close_client`.

    The database need not exist yet. An answer is waited for as long as the sink would wait, or `timeout_seconds`.
    Raises TryAgain or SinkStopped where the server can't be used.
    """
    config = sink_config(settings, metrics_port=0)
    client = connect(config if timeout_seconds is None else replace(config, request_timeout_seconds=timeout_seconds))
    client.database = settings.clickhouse_database
    return client


def close_client(client: Client) -> None:
    """Close a client and its connections."""
    client.close()
    if isinstance(client, HttpClient):
        # `close` leaves a pool it was handed open, and a server that stops waits for idle connections.
        client.http.clear()


@contextmanager
def clickhouse_client(settings: Settings, *, timeout_seconds: int | None = None) -> Iterator[Client]:
    """Give a client like `new_client`; errors of ClickHouse inside the block become UserError."""
    try:
        client = new_client(settings, timeout_seconds=timeout_seconds)
        try:
            yield client
        finally:
            close_client(client)
    except (TryAgain, SinkStopped, MigrationChanged, CannotRender) as problem:
        raise UserError(str(problem)) from problem
    except ClickHouseError as problem:
        raise UserError(str(exception_for(getattr(problem, "code", None), str(problem)))) from problem
