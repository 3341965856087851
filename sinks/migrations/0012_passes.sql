-- Movement passes: what happened to each.
CREATE TABLE IF NOT EXISTS passes
(
    event_id FixedString(16) CODEC(NONE),
    subject FixedString(16) CODEC(NONE),
    token_kind Enum8('ANON' = 0, 'CCCD' = 1, 'CMND' = 2, 'PASSPORT' = 3, 'QID' = 4, 'BHYT' = 5, 'PHONE' = 6),
    key_version UInt8,
    device_id UInt32,
    event_time DateTime64(3, 'UTC') CODEC(Delta, LZ4),
    capture_mode Enum8('SELF_APP' = 0, 'SELF_WEB' = 1, 'ASSISTED' = 2, 'PAPER' = 3),
    source_app Enum8('OTHER' = 0, 'TOKHAIYTE' = 1, 'NCOVI' = 2, 'BLUEZONE' = 3, 'VHD' = 4, 'SMART_THANHHOA' = 5,
        'PC_COVID' = 6, 'VNEID' = 7, 'SSKDT' = 8, 'SUCKHOE_DANCU' = 9),
    pass_id FixedString(16),
    action Enum8('ISSUED' = 0, 'RENEWED' = 1, 'REVOKED' = 2),
    valid_from DateTime64(3, 'UTC'),
    valid_until DateTime64(3, 'UTC'),
    purpose Enum8('OTHER' = 0, 'WORK' = 1, 'GOODS' = 2, 'MEDICAL' = 3, 'FAMILY' = 4, 'RETURN_HOME' = 5,
        'OFFICIAL' = 6),
    origin_commune UInt16,
    destination_commune UInt16,
    feed Enum8('pass' = 6),
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
ORDER BY (subject, event_time)
SETTINGS
    non_replicated_deduplication_window = 50000,
    min_bytes_for_full_part_storage = 1000000,
    old_parts_lifetime = 120;
