"""What an installation needs, as formulas over its load and over what was measured.

Sources: `workers = ceil(rate / measured per worker / share of it to be used)` is domain knowledge of the project; that
a broker needs memory for what is written in 30 s is Kafka's documentation ("Hardware and OS"); 4 GB for each core is
ClickHouse's documentation ("Sizing and hardware recommendations", general purpose).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loadtest.planning.costs import Cost
from loadtest.planning.formula import Formula, Line, solve
from loadtest.planning.measured_runs import Sizes

_RATES = (
    Formula("avg", "events/s", "people * scans_per_day / 86400", "average load"),
    Formula("peak", "events/s", "avg * peak_factor", "load everything is sized for"),
)
_WORKERS = (
    Formula(
        "workers_least",
        "processes",
        "max(2, ceil(peak * worker_event_us / 1000000 / (1 - headroom)))",
        "for events alone; two, so that one may fail",
    ),
    Formula(
        "partitions",
        "partitions",
        "max(partitions_per_worker * workers_least, ceil(peak / (partition_rate * (1 - headroom))))",
        "can't change later, so workers may still be multiplied",
    ),
    Formula(
        "message_seconds",
        "s",
        "max(linger_seconds, min(2000 / (peak / partitions), partitions / workers_least / 20))",
        "a worker sends messages of a linger, at most 20 small ones a second",
    ),
    Formula("message_events", "events", "peak / partitions * message_seconds", "of a landing message at the peak"),
    Formula(
        "worker_cores",
        "cores",
        "peak * (worker_event_us + worker_message_us / message_events) / 1000000",
        "busy at the peak",
    ),
    Formula("workers", "processes", "max(2, ceil(worker_cores / (1 - headroom)))", "a worker is counted as one core"),
)
_SINKS = (
    Formula(
        "sink_cores", "cores", "peak * (sink_event_us + sink_message_us / message_events) / 1000000", "busy at the peak"
    ),
    Formula("sinks", "processes", "max(2, ceil(sink_cores / (1 - headroom)))", "a sink is counted as one core"),
)
_CLICKHOUSE = (
    Formula(
        "clickhouse_cores",
        "cores",
        "peak * (clickhouse_event_us + clickhouse_message_us / message_events) / 1000000",
        "busy at the peak: inserts, look-ups, merges; no analysts",
    ),
    Formula(
        "rows_disk",
        "bytes",
        "avg * 86400 * retention_days * rows_per_event * row_bytes",
        "scans of one replica",
    ),
    Formula(
        "shards",
        "shards",
        "max(ceil(clickhouse_cores / (node_cores * (1 - headroom))), ceil(rows_disk / (node_disk * (1 - headroom))))",
        "by CPU or by disk",
    ),
    Formula("clickhouse_servers", "servers", "shards * clickhouse_replicas", "replicas included"),
    Formula(
        "clickhouse_disk_each", "bytes", "rows_disk / shards / (1 - headroom)", "of a server, with room for merges"
    ),
    Formula("clickhouse_memory_each", "bytes", "node_cores * 4000000000", "of a server"),
)
_KAFKA = (
    Formula("raw_event_bytes", "bytes", "payload_bytes + raw_overhead_bytes", "of an event in its raw topic"),
    Formula(
        "written",
        "bytes/s",
        "peak * (raw_event_bytes + landing_event_bytes) * replication",
        "to the disks of all brokers at the peak",
    ),
    Formula(
        "broker_cores",
        "cores",
        "peak * (broker_event_us + broker_message_us / message_events) / 1000000 * replication",
        "busy at the peak; a follower is counted like a leader",
    ),
    Formula("raw_disk", "bytes", "avg * 86400 * raw_days * raw_event_bytes * replication", "raw topics"),
    Formula("landing_disk", "bytes", "avg * 86400 * landing_days * landing_event_bytes * replication", "landing log"),
    Formula(
        "brokers",
        "servers",
        "max(replication, ceil(broker_cores / (node_cores * (1 - headroom))), "
        "ceil((raw_disk + landing_disk) / (node_disk * (1 - headroom))))",
        "by replicas, CPU or disk",
    ),
    Formula("broker_disk_each", "bytes", "(raw_disk + landing_disk) / brokers / (1 - headroom)", "of a broker"),
    Formula("broker_memory_each", "bytes", "1000000000 + written / brokers * 30", "heap, and what is written in 30 s"),
)
_MEMORY = (
    Formula(
        "window_keys",
        "keys",
        "peak * (window_minutes + 5) * 60 * keys_per_event",
        "a peak that lasts as long as the windows, with their newest bucket",
    ),
    Formula("window_memory", "bytes", "window_keys * max(40, key_bytes)", "of all workers; at least 40 bytes a key"),
    Formula(
        "worker_memory_each",
        "bytes",
        "worker_bytes + window_memory / max(1, workers - 1)",
        "of a worker while another's partitions are at it",
    ),
)
_OUTAGE = (
    Formula(
        "backlog",
        "events",
        "people * scans_per_day * 0.12 * 2 * 1.3",
        "of two busy hours offline (12 % of the day each), 30 % sent twice",
    ),
    Formula(
        "drain_rate", "events/s", "min(cluster_rate, workers / worker_event_us * 1000000)", "as simulated, and by CPU"
    ),
    Formula(
        "catch_up_seconds",
        "s",
        "backlog / max(1, drain_rate - avg * 0.12 * 24)",
        "beside a busy hour's load",
    ),
)
#: In the order of their computing: each may use all before it.
SECTIONS: Mapping[str, Sequence[Formula]] = {
    "Load": _RATES,
    "Partitions and workers": _WORKERS,
    "Sinks": _SINKS,
    "ClickHouse": _CLICKHOUSE,
    "Kafka": _KAFKA,
    "Windows in memory": _MEMORY,
}
#: Needs `cluster_rate`, which is simulated for the partitions and workers found before.
OUTAGE: Mapping[str, Sequence[Formula]] = {"After two hours offline": _OUTAGE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What is asked for. `headroom` is the share of every resource that stays free at the peak."""

    people: float
    scans_per_day: float
    peak_factor: float
    payload_bytes: float
    retention_days: float
    replication: float
    clickhouse_replicas: float
    headroom: float
    node_cores: float
    node_disk: float
    partitions_per_worker: float
    linger_seconds: float = 0.3
    window_minutes: float = 10
    raw_days: float = 3
    landing_days: float = 7


def measured_symbols(sizes: Sizes, costs: Mapping[str, Cost]) -> dict[str, float]:
    """Return the symbols that come from measurements."""
    symbols = {
        "raw_overhead_bytes": sizes.raw - sizes.payload,
        "landing_event_bytes": sizes.landing,
        "row_bytes": sizes.row,
        "rows_per_event": sizes.landed,
        "keys_per_event": sizes.keys,
        "key_bytes": sizes.key,
        "worker_bytes": sizes.worker,
    }
    for role, cost in costs.items():
        symbols |= {f"{role}_event_us": cost.event_us, f"{role}_message_us": cost.message_us}
    return symbols


def size(sections: Mapping[str, Sequence[Formula]], symbols: Mapping[str, float]) -> dict[str, list[Line]]:
    """Return every section's formulas with their results, which later ones may use."""
    lines = solve([formula for section in sections.values() for formula in section], symbols)
    results = iter(lines)
    return {name: [next(results) for _ in section] for name, section in sections.items()}
