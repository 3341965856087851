"""What a sink needs to know to run."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkConfig:
    """Settings of one sink process.

    `instance` names the process for good (Kafka's static membership): a sink restarted under the same name takes its
    partitions back at once instead of after the session timeout; empty for none, and never the same for two.
    """

    kafka: str
    clickhouse_url: str
    clickhouse_user: str = "default"
    clickhouse_password: str = field(default="", repr=False)
    clickhouse_database: str = "scanstream"
    group: str = "scanstream-sink"
    instance: str = ""
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0
    #: Partitions worked on at the same time; those with late scans wait for each other's lookups.
    insert_threads: int = 8
    #: How long finished messages wait for company in a ledger insert; their rows are queryable before.
    ledger_linger_ms: int = 400
    #: Landing messages fetched ahead of the inserts, over all partitions; 64 MB is 10 blocks of 50,000 rows.
    queue_bytes: int = 64 << 20
    #: Kafka gives a silent sink's partitions away after this; it must notice a pause of its own well before.
    session_timeout_ms: int = 10_000
    #: One request to ClickHouse may take this long before it counts as failed.
    request_timeout_seconds: int = 60

    @property
    def fence_seconds(self) -> float:
        """Longest pause after which the sink may still believe that its partitions are its own."""
        return self.session_timeout_ms / 1000 / 2
