-- Lockdowns of areas at any level.
CREATE TABLE IF NOT EXISTS lockdowns
(
    event_id FixedString(16) CODEC(NONE),
    subject FixedString(16) CODEC(NONE),
    device_id UInt32,
    event_time DateTime64(3, 'UTC') CODEC(Delta, LZ4),
    lockdown_id FixedString(16),
    action Enum8('STARTED' = 0, 'CHANGED' = 1, 'ENDED' = 2),
    level Enum8('HAMLET' = 0, 'COMMUNE' = 1, 'DISTRICT' = 2, 'PROVINCE' = 3),
    area_code UInt16,
    hamlet String,
    residents UInt32,
    valid_from DateTime64(3, 'UTC'),
    valid_until DateTime64(3, 'UTC'),
    decision_ref String,
    feed Enum8('lockdown' = 8),
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
ORDER BY (lockdown_id, event_time)
SETTINGS
    non_replicated_deduplication_window = 50000,
    min_bytes_for_full_part_storage = 1000000,
    old_parts_lifetime = 120;
