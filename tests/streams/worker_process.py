"""A worker in a process of its own: `python -m tests.streams.worker_process BOOTSTRAP GROUP DATA_DIR FEED=TOPIC...`."""

import sys
from dataclasses import replace
from pathlib import Path

from schemas.kinds import FEEDS
from streams.config import WorkerConfig
from streams.worker import run

_FEEDS = {feed.name: feed for feed in FEEDS}


def main(bootstrap: str, group: str, data_dir: str, *topics: str) -> None:
    """Work on those feeds of those raw topics until the process is ended."""
    Path(data_dir).mkdir(parents=True, exist_ok=True)
    pairs = (each.split("=") for each in topics)
    config = WorkerConfig(
        bootstrap=bootstrap,
        feeds=tuple(replace(_FEEDS[name], topic=topic) for name, topic in pairs),
        group=group,
        linger_ms=50,
        session_timeout_s=6.0,
        data_dir=Path(data_dir),
        log_level="WARNING",
    )
    run(config)


if __name__ == "__main__":
    main(*sys.argv[1:])
