"""The raw floor as a process of its own: fetch, decode and insert with no logic (`loadtest.floor`)."""

import signal
from functools import partial

from loadtest.floor import insert_all
from loadtest.offsets import end_offsets
from loadtest.peers.common.connect import connect
from loadtest.peers.common.ready import say_ready
from loadtest.peers.common.settings import PeerSettings
from schemas.kinds import VENUE


def main() -> None:
    """Insert the whole topic, then wait to be stopped, as the other peers do."""
    settings = PeerSettings.from_environment()
    say_ready()
    ends = end_offsets(settings.kafka, settings.topic)
    insert_all(settings.kafka, VENUE, ends=ends, new_client=partial(connect, settings), table=settings.table)
    signal.pause()


if __name__ == "__main__":
    main()
