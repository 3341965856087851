"""Every metric of every process: name, unit, labels and meaning, in one place.

Names follow Prometheus practice: base units (seconds, bytes), `_total` for counters. No label ever holds a person, a
place or a device. `build` makes the real prometheus-client object; dashboards and alerts may use only these names.
"""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SLOW = (0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 60.0)
_SIZES = (1, 10, 100, 1_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000)


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric's name, kind (a prometheus-client class), labels, meaning and, for a histogram, its bounds."""

    name: str
    kind: type[Counter] | type[Gauge] | type[Histogram]
    labels: tuple[str, ...]
    help: str
    buckets: tuple[float, ...] = _FAST


# Of the worker.
EVENTS = Metric(
    "scanstream_events_total",
    Counter,
    ("feed", "outcome"),
    "Events by outcome: accepted, rescan, retry, rejected.",
)
LATE = Metric("scanstream_late_events_total", Counter, ("feed",), "Landed events later than 10 minutes.")
CAPTURED = Metric(
    "scanstream_captured_events_total",
    Counter,
    ("feed", "capture_mode", "lateness"),
    "Landed events by how they were entered (self_app, self_web, assisted, paper) and how late they are.",
)
REJECTS = Metric("scanstream_rejects_total", Counter, ("feed", "reason"), "Events sent to dead letters, by reason.")
BATCH_EVENTS = Metric("scanstream_batch_events", Histogram, ("feed",), "Events in a processed batch.", _SIZES)
WORKER_SECONDS = Metric(
    "scanstream_worker_state_seconds_total",
    Counter,
    ("state",),
    "Time the worker spent in each state: poll, decode, window, enrich, encode, publish, wait.",
)
WATERMARK_DELAY = Metric(
    "scanstream_watermark_delay_seconds", Gauge, ("feed", "partition"), "Now minus the partition's watermark."
)
SOURCE_LAG = Metric(
    "scanstream_source_lag_events",
    Gauge,
    ("feed", "partition"),
    "Raw events the landing log does not cover yet.",
)
SOURCE_LAG_SECONDS = Metric(
    "scanstream_source_lag_seconds",
    Gauge,
    ("feed", "partition"),
    "Age of the newest covered event while behind.",
)
WINDOW_KEYS = Metric(
    "scanstream_window_keys",
    Gauge,
    ("feed", "partition", "window"),
    "Keys kept: retry window, re-scan window, late scans.",
)
WINDOW_BYTES = Metric("scanstream_window_bytes", Gauge, ("feed", "partition", "window"), "Memory of the windows.")
HISTORY_BYTES = Metric(
    "scanstream_history_bytes", Gauge, ("feed", "partition"), "Memory of the filters over what has left the windows."
)
UNDECIDED = Metric(
    "scanstream_undecided_total", Counter, ("feed",), "Landed rows the worker left to the sink to decide, by look-ups."
)
RECOVERED = Metric(
    "scanstream_recovered_messages_total", Counter, ("feed",), "Landing messages replayed on assignment."
)
REGISTRY_ENTRIES = Metric(
    "scanstream_registry_entries", Gauge, ("kind",), "Places, devices, areas, people and passes known."
)

# Of the sink.
ROWS = Metric("scanstream_rows_inserted_total", Counter, ("table",), "Rows inserted and acknowledged.")
INSERT_SECONDS = Metric("scanstream_insert_seconds", Histogram, ("table",), "Time of one insert, retries included.")
INSERT_ROWS = Metric("scanstream_insert_rows", Histogram, ("table",), "Rows of one insert.", _SIZES)
INSERT_ERRORS = Metric(
    "scanstream_insert_errors_total",
    Counter,
    ("kind",),
    "Failed inserts by class: retry, reject, stop, network.",
)
SINK_SECONDS = Metric(
    "scanstream_sink_state_seconds_total",
    Counter,
    ("state",),
    "Time of the sink: poll, check, insert, ledger, wait.",
)
LANDING_LAG = Metric(
    "scanstream_landing_lag_messages", Gauge, ("feed", "partition"), "Landing messages not in the ledger yet."
)
LANDED_DELAY = Metric(
    "scanstream_landed_delay_seconds", Gauge, ("feed",), "Broker time of the newest landed event to now."
)
CHECKED = Metric("scanstream_checked_rows_total", Counter, ("outcome",), "Late rows checked against the table.")
TRIMMED = Metric("scanstream_trimmed_events_total", Counter, ("feed",), "Events of overlapping ranges cut off.")
LEDGER_IMBALANCE = Metric(
    "scanstream_ledger_imbalance_events", Gauge, ("feed",), "Events without exactly one outcome; must be 0."
)

# Of the watch.
WATCH_RUNS = Metric(
    "scanstream_watch_runs_total", Counter, ("rule", "outcome"), "Turns of the watch's rules: done, failed."
)
WATCH_SECONDS = Metric(
    "scanstream_watch_seconds", Histogram, ("rule",), "Time of one turn of a rule of the watch.", _SLOW
)
ALERTS_RAISED = Metric("scanstream_alerts_raised_total", Counter, ("type",), "Alerts the watch has published.")

# Of retention, shown by the watch.
RETENTION_DELETED = Metric(
    "scanstream_retention_deleted_rows", Gauge, ("table",), "Rows the last run of retention deleted."
)
RETENTION_OLDEST = Metric(
    "scanstream_retention_oldest_seconds",
    Gauge,
    ("province",),
    "Age of the oldest row about a person that the last run left, held ones too; grows until the next run.",
)
RETENTION_HOLDS = Metric("scanstream_retention_holds", Gauge, (), "Cases whose rows stay.")
RETENTION_AGE = Metric(
    "scanstream_retention_age_seconds",
    Gauge,
    (),
    "Since the last run of retention; since the watch started where there was none.",
)
RETENTION_REMAINING = Metric(
    "scanstream_retention_remaining_rows", Gauge, (), "Rows the last run of retention left that should be gone."
)
RETENTION_TURNS = Metric(
    "scanstream_retention_turns_total",
    Counter,
    ("outcome",),
    "Runs of retention on schedule: complete, incomplete (rows are left that should be gone), failed.",
)

# Of the store, shown by the watch.
TABLE_PARTS = Metric(
    "scanstream_table_parts",
    Gauge,
    ("table",),
    "Parts of the partition of a table that has most; from 1,000 on ClickHouse slows inserts down.",
)
PAST_WEEK_PARTS = Metric(
    "scanstream_past_week_parts",
    Gauge,
    (),
    "Parts of the past week of scans that has most; a week is merged into one where nothing lands for three hours.",
)
NEWEST_SCAN = Metric(
    "scanstream_newest_scan_timestamp_seconds",
    Gauge,
    ("province",),
    "Event time of the province's newest landed scan, in seconds since 1970: now minus it is how fresh its data are.",
)
CLOCK_SKEW = Metric(
    "scanstream_clock_skew_p99_seconds",
    Gauge,
    (),
    "By how much event times were corrected for wrong clocks of devices, of 99 in 100 scans of ten minutes at most.",
)
REGISTER_MISSES = Metric(
    "scanstream_register_misses_ratio",
    Gauge,
    ("kind",),
    "Share of the scans of the last ten minutes whose place, area or device the register lacked when they landed.",
)
DEVICE_BACKLOG = Metric(
    "scanstream_device_backlog_p99_seconds",
    Gauge,
    (),
    "How long the oldest event a device could not send yet waits, by heartbeats of ten minutes, of 99 in 100 at most.",
)

# Of daily reports, shown by the watch.
SECONDS_TO_1700 = Metric(
    "scanstream_seconds_to_1700",
    Gauge,
    ("province",),
    "Until 17:00 in Vietnam, when the province's next daily report has to have left; 0 once it is overdue.",
)
REPORT_PENDING = Metric(
    "scanstream_report_pending", Gauge, ("province",), "1 until today's daily report of the province is written."
)
REPORT_AGE = Metric(
    "scanstream_report_age_seconds", Gauge, ("province",), "Age of what the province's latest daily report is as of."
)
REPORT_TURNS = Metric(
    "scanstream_report_turns_total",
    Counter,
    ("outcome",),
    "Turns of daily reports: made (a new version), unchanged, nothing (to report of), failed.",
)

# Of the gateway.
REQUESTS = Metric("scanstream_gateway_requests_total", Counter, ("status",), "HTTP requests by status code.")
REQUEST_SECONDS = Metric("scanstream_gateway_request_seconds", Histogram, (), "Time to answer POST /v1/scans.")
GATEWAY_EVENTS = Metric(
    "scanstream_gateway_events_total", Counter, ("feed", "outcome"), "Events by answer: accepted, rejected."
)
GATEWAY_QUEUE = Metric("scanstream_gateway_inflight_events", Gauge, (), "Events waiting for Kafka's acknowledgement.")
GATEWAY_KAFKA_SECONDS = Metric(
    "scanstream_gateway_kafka_seconds", Histogram, (), "Time from publish to acknowledgement."
)

ALL: tuple[Metric, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Metric))


def counter(metric: Metric, registry: CollectorRegistry) -> Counter:
    """Register and return the counter `metric`."""
    return Counter(metric.name, metric.help, metric.labels, registry=registry)


def gauge(metric: Metric, registry: CollectorRegistry) -> Gauge:
    """Register and return the gauge `metric`."""
    return Gauge(metric.name, metric.help, metric.labels, registry=registry)


def histogram(metric: Metric, registry: CollectorRegistry) -> Histogram:
    """Register and return the histogram `metric`."""
    return Histogram(metric.name, metric.help, metric.labels, registry=registry, buckets=metric.buckets)
