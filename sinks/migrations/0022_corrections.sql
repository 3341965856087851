-- Corrections: events are never changed, but withdrawn or replaced by others.
CREATE TABLE IF NOT EXISTS corrections
(
    event_id FixedString(16) CODEC(NONE),
    subject FixedString(16) CODEC(NONE),
    token_kind Enum8('ANON' = 0, 'CCCD' = 1, 'CMND' = 2, 'PASSPORT' = 3, 'QID' = 4, 'BHYT' = 5, 'PHONE' = 6),
    key_version UInt8,
    device_id UInt32,
    event_time DateTime64(3, 'UTC') CODEC(Delta, LZ4),
    corrects FixedString(16),
    action Enum8('WITHDRAW' = 0, 'REPLACE' = 1),
    replacement FixedString(16),
    reason Enum8('OTHER' = 0, 'WRONG_PERSON' = 1, 'WRONG_PLACE' = 2, 'WRONG_TIME' = 3, 'WRONG_DIRECTION' = 4,
        'DUPLICATE' = 5, 'TEST_DATA' = 6),
    feed Enum8('correction' = 17),
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
ORDER BY (corrects, event_time)
SETTINGS
    non_replicated_deduplication_window = 50000,
    min_bytes_for_full_part_storage = 1000000,
    old_parts_lifetime = 120;
