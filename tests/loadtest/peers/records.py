"""Records of runs that never were."""

from typing import Any

from loadtest.peers.record import Record


def a_record(peer: str = "scanstream", repeat: int = 1, **changes: Any) -> Record:
    """Return a run of 1,000 events in ten seconds, all of whose 900 rows came, with some things changed."""
    usual: dict[str, Any] = {
        "peer": peer,
        "repeat": repeat,
        "published": 1_000,
        "expected_rows": 900,
        "expected_unique": 900,
        "seen_rows": 900,
        "rows": 900,
        "unique_rows": 900,
        "seconds": 10.0,
        "ready_seconds": 2.0,
        "cpu_seconds": {"peer": 0.005, "clickhouse": 0.003, "broker": 0.001},
        "start_cpu_seconds": 0.002,
        "rss_bytes": 100,
        "payload_bytes": 75.0,
        "ending": "complete",
    }
    return Record(**usual | changes)
