"""What a worker has to be told."""

from dataclasses import dataclass, field
from pathlib import Path

from schemas.kinds import FEEDS, Feed


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerConfig:
    """Settings of one worker process.

    `bootstrap` is Kafka's ``host:port[,host:port…]``. `linger_ms` is how long the broker may hold a fetch back, so how
    large landing messages get at low load. `horizon_minutes` is how far behind the watermark memory alone decides.
    `fetch_bytes` bounds one partition's part of a fetch, and so a landing message. `session_timeout_s` is how long a
    silent worker keeps its partitions. `sink_group` is the group that lands the logs. `population_file` is the
    register identities are compared with; empty for none.
    """

    bootstrap: str
    feeds: tuple[Feed, ...] = FEEDS
    group: str = "scanstream-worker"
    sink_group: str = "scanstream-sink"
    linger_ms: int = 300
    horizon_minutes: int = 10
    fetch_bytes: int = 8 * 1024 * 1024
    session_timeout_s: float = 10.0
    metrics_port: int = 0
    metrics_host: str = "127.0.0.1"
    population_file: str = ""
    data_dir: Path = field(default_factory=lambda: Path("var/worker"))
    log_level: str = "INFO"
