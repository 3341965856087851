"""A client of ClickHouse as the Python peers and the floor use it."""

import clickhouse_connect
from clickhouse_connect.driver.client import Client

from loadtest.peers.common.settings import PeerSettings


def connect(settings: PeerSettings) -> Client:
    """Return a new client of the peer's database."""
    return clickhouse_connect.get_client(
        host=settings.clickhouse_host,
        port=settings.clickhouse_port,
        username=settings.clickhouse_user,
        password=settings.clickhouse_password,
        database=settings.clickhouse_database,
        autogenerate_session_id=False,
        # Over loopback, compressing costs more than it saves.
        compress=False,
    )
