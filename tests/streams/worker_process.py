"""A worker in a process of its own: `python -m tests.streams.worker_process BOOTSTRAP RAW_TOPIC GROUP DATA_DIR`."""

import sys
from dataclasses import replace
from pathlib import Path

from schemas.kinds import VENUE
from streams.config import WorkerConfig
from streams.worker import run


def main(bootstrap: str, topic: str, group: str, data_dir: str) -> None:
    """Work on one venue feed of that raw topic until the process is ended."""
    Path(data_dir).mkdir(parents=True, exist_ok=True)
    config = WorkerConfig(
        bootstrap=bootstrap,
        feeds=(replace(VENUE, topic=topic),),
        group=group,
        linger_ms=50,
        session_timeout_s=6.0,
        data_dir=Path(data_dir),
        log_level="WARNING",
    )
    run(config)


if __name__ == "__main__":
    main(*sys.argv[1:])
