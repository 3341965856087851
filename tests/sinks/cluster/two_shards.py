"""One engine that is a cluster of two shards: each is a database of its own, a third spreads and asks them over TCP.

What is left out is what takes several servers: ON CLUSTER and replication.
"""

import re
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from deploy.local.clickhouse import EmbeddedClickHouse
from deploy.local.layout import clickhouse_directory
from deploy.local.ports import free_ports
from sinks.clickhouse_writer import connect
from sinks.cluster.render import Renderer
from sinks.config import SinkConfig
from sinks.migrate import migrations

SHARDS, ALL, ONE = ("shard0", "shard1"), "many", "one"
_CONFIGURATION = "<clickhouse><tcp_port>{port}</tcp_port><remote_servers><c>{shards}</c></remote_servers></clickhouse>"
_SHARD = (
    "<shard><replica><default_database>{name}</default_database><host>127.0.0.1</host><port>{port}</port></replica>"
    "</shard>"
)
_MADE = re.compile(r"(?:TABLE|VIEW|INTO)(?: IF NOT EXISTS)? (\w+)")
_LOCAL = re.compile(r"(?:CREATE TABLE IF NOT EXISTS|ALTER TABLE) \w+_local\b")
_REPLICATED = re.compile(r"Replicated(\w+)\('[^']*', '[^']*'(?:, )?")
_KEEP_LISTENING = (
    "SELECT count() FROM system.numbers WHERE sleepEachRow(0.1) SETTINGS max_block_size = 1, max_threads = 1"
)


@contextmanager
def two_shards(directory: Path, relations: Collection[str]) -> Iterator[Client]:
    """Start it, with these tables and views of the migrations in ALL, and in ONE as on a single server."""
    configuration = clickhouse_directory(directory) / "config.d" / "cluster.xml"
    configuration.parent.mkdir(parents=True)
    (port,) = free_ports(1)
    shards = "".join(_SHARD.format(name=name, port=port) for name in SHARDS)
    configuration.write_text(_CONFIGURATION.format(port=port, shards=shards))
    server = EmbeddedClickHouse(directory)
    server.start()
    try:
        client = connect(SinkConfig(kafka="", clickhouse_url=server.url))
        _listen(server.port)
        _migrate(client, relations)
        yield client
        client.close()
    finally:
        server.stop()


def _listen(port: int) -> None:
    """Let the engine listen on its TCP port, too: as long as the session lasts, and that as long as its query does."""
    session = clickhouse_connect.get_client(
        host="127.0.0.1", port=port, session_id="listening", send_receive_timeout=600
    )
    session.command("SYSTEM START LISTEN TCP")

    def keep() -> None:
        try:
            session.command(_KEEP_LISTENING)
        except ClickHouseError:  # the server was stopped
            session.close()

    threading.Thread(target=keep, daemon=True).start()


def _migrate(client: Client, relations: Collection[str]) -> None:
    for database in (*SHARDS, ALL, ONE):
        client.command(f"CREATE DATABASE {database}")
    renderer = Renderer("c")
    for statement in (statement for it in migrations() for statement in it.statements):
        rendered = renderer.render(statement)
        made = _MADE.search(statement)
        if made and made[1] in relations:
            client.database = ONE
            client.command(statement)
            for text in rendered:
                _run(client, text)


def _run(client: Client, text: str) -> None:
    alone = _REPLICATED.sub(r"\1(", text.replace(" ON CLUSTER c", "").replace("currentDatabase()", "''"))
    alone = alone.replace(" replicated_dedup", " non_replicated_dedup")
    if "ENGINE = Distributed" in alone:
        alone = alone.replace(" AS ", f" AS {SHARDS[0]}.", 1)
    for database in SHARDS if _LOCAL.match(alone) else (ALL,):
        client.database = database
        client.command(alone)
