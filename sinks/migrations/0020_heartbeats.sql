-- Heartbeats of devices.
CREATE TABLE IF NOT EXISTS heartbeats
(
    event_id FixedString(16) CODEC(NONE),
    subject FixedString(16) CODEC(NONE),
    device_id UInt32,
    event_time DateTime64(3, 'UTC') CODEC(Delta, LZ4),
    queued UInt32,
    oldest_queued_s UInt32,
    battery_percent Int8,
    device_seq UInt32,
    app_version String,
    feed Enum8('heartbeat' = 15),
    verdict Enum8('ACCEPTED' = 1, 'RESCAN' = 2, 'RETRY' = 3, 'REJECTED' = 4),
    rescan_of Int64,
    lateness Enum8('ON_TIME' = 1, 'LATE' = 2, 'VERY_LATE' = 3),
    flags UInt16,
    skew_ms Int32,
    logged_at DateTime64(3, 'UTC') CODEC(T64, LZ4),
    _partition UInt16,
    _offset Int64 CODEC(T64, LZ4),
    device_time DateTime64(3, 'UTC') ALIAS event_time - toIntervalMillisecond(skew_ms)
)
ENGINE = MergeTree
PARTITION BY toMonday(logged_at, 'Asia/Ho_Chi_Minh')
ORDER BY (device_id, event_time)
SETTINGS
    non_replicated_deduplication_window = 50000,
    min_bytes_for_full_part_storage = 1000000,
    old_parts_lifetime = 120;
