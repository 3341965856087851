"""The raw floor as a process of its own: fetch, decode and insert with no logic (`loadtest.floor`)."""

import signal

import clickhouse_connect
from clickhouse_connect.driver.client import Client

from loadtest.floor import insert_all
from loadtest.offsets import end_offsets
from loadtest.peers.common.ready import say_ready
from loadtest.peers.common.settings import PeerSettings
from schemas.kinds import VENUE


def main() -> None:
    """Insert the whole topic, then wait to be stopped, as the other peers do."""
    settings = PeerSettings.from_environment()

    def new_client() -> Client:
        return clickhouse_connect.get_client(
            host=settings.clickhouse_host,
            port=settings.clickhouse_port,
            username=settings.clickhouse_user,
            password=settings.clickhouse_password,
            database=settings.clickhouse_database,
            autogenerate_session_id=False,
            compress=False,
        )

    say_ready()
    ends = end_offsets(settings.kafka, settings.topic)
    insert_all(settings.kafka, VENUE, ends=ends, new_client=new_client, table=settings.table)
    signal.pause()


if __name__ == "__main__":
    main()
