-- Decisions on risk levels and distancing regimes.
CREATE TABLE IF NOT EXISTS area_decisions
(
    event_id FixedString(16) CODEC(NONE),
    subject FixedString(16) CODEC(NONE),
    device_id UInt32,
    event_time DateTime64(3, 'UTC') CODEC(Delta, LZ4),
    about Enum8('RISK' = 0, 'REGIME' = 1),
    level Enum8('HAMLET' = 0, 'COMMUNE' = 1, 'DISTRICT' = 2, 'PROVINCE' = 3),
    area_code UInt16,
    risk_level UInt8,
    regime Enum8('NONE' = 0, 'CT19' = 1, 'CT15' = 2, 'CT16' = 3),
    valid_from DateTime64(3, 'UTC'),
    valid_until DateTime64(3, 'UTC'),
    decision_ref String,
    feed Enum8('decision' = 12),
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
ORDER BY (area_code, event_time)
SETTINGS
    non_replicated_deduplication_window = 50000,
    min_bytes_for_full_part_storage = 1000000,
    old_parts_lifetime = 120;
