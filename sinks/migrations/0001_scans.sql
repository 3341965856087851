-- Every scan that landed, of all feeds; columns only one feed has are at their default in the others.
--
-- Identities are random bytes, so compressing them is wasted work. Partitions are weeks of broker time: an insert is then
-- one part, however late its scans are, where weeks of event time made three of it and days doubled its cost. A scan
-- is never logged much before its event time, so `logged_at >= ...` bounds questions about a time span from below.
-- 50,000 tokens are half an hour of inserts at full load, far longer than a request of a paused sink can be on its way.
-- Merging costs three times what inserting does; with this base fifty parts become one, so that a row is written again
-- once in the first minutes and twice in hours (server's default, 5: 5.5 times in 500 small inserts). No skip indices and no
-- statistics: each adds files to every part, rows of all times and devices mix in every granule, and a part knows its span
-- of logged_at anyway. Parts below a megabyte are one file instead of twelve: creating files was a third of a small insert.
-- Merged parts live on for two minutes (embedded default: not at all), four times as long as the kernel keeps what it has
-- not written yet, so that a power failure can't take what was merged a moment ago; a server's eight minutes would be
-- thousands of parts, which every look into system.parts goes through.
CREATE TABLE IF NOT EXISTS scans
(
    scan_id FixedString(16) CODEC(NONE),
    subject FixedString(16) CODEC(NONE),
    token_kind Enum8('ANON' = 0, 'CCCD' = 1, 'CMND' = 2, 'PASSPORT' = 3, 'QID' = 4, 'BHYT' = 5, 'PHONE' = 6),
    key_version UInt8,
    place_id UInt32,
    gate UInt16,
    direction Enum8('UNKNOWN' = 0, 'IN' = 1, 'OUT' = 2, 'PASS' = 3, 'INTO_ZONE' = 4, 'OUT_OF_ZONE' = 5,
        'TRANSIT' = 6),
    device_id UInt32,
    device_seq UInt32 CODEC(T64, LZ4),
    event_time DateTime64(3, 'UTC') CODEC(Delta, LZ4),
    credential Enum8('OTHER' = 0, 'QR_1405' = 1, 'QR_CCCD' = 2, 'QR_VNEID' = 3, 'QR_BHYT' = 4,
        'QR_MOVEMENT_PASS' = 5, 'QR_VEHICLE' = 6, 'PAPER' = 7, 'MANUAL' = 8),
    scan_mode Enum8('POSTER_SELF' = 0, 'GUARD_SCAN' = 1, 'READER' = 2, 'CAMERA' = 3),
    capture_mode Enum8('SELF_APP' = 0, 'SELF_WEB' = 1, 'ASSISTED' = 2, 'PAPER' = 3),
    source_app Enum8('OTHER' = 0, 'TOKHAIYTE' = 1, 'NCOVI' = 2, 'BLUEZONE' = 3, 'VHD' = 4, 'SMART_THANHHOA' = 5,
        'PC_COVID' = 6, 'VNEID' = 7, 'SSKDT' = 8, 'SUCKHOE_DANCU' = 9),
    decision Enum8('NONE' = 0, 'ALLOW' = 1, 'DENY' = 2, 'REFER' = 3, 'WAVED' = 4),
    decision_reason Enum8('NONE' = 0, 'NO_PASS' = 1, 'EXPIRED' = 2, 'MISMATCH' = 3, 'SYMPTOM' = 4, 'FEVER' = 5,
        'OTHER' = 6),
    pass_id FixedString(16),
    vehicle FixedString(16),
    temperature_c10 Int16,
    route_id UInt32,
    trip_id UInt32,
    latitude Float32,
    longitude Float32,
    feed Enum8('venue' = 1, 'checkpoint' = 2, 'vehicle' = 3),
    verdict Enum8('ACCEPTED' = 1, 'RESCAN' = 2, 'RETRY' = 3, 'REJECTED' = 4),
    rescan_of Int64,
    lateness Enum8('ON_TIME' = 1, 'LATE' = 2, 'VERY_LATE' = 3),
    flags UInt16,
    skew_ms Int32,
    logged_at DateTime64(3, 'UTC') CODEC(T64, LZ4),
    category Enum8('UNKNOWN' = 0, 'AGENCY_HQ' = 1, 'CITIZEN_RECEPTION' = 2, 'PUBLIC_ADMIN_CENTER' = 3,
        'ONE_STOP_DISTRICT' = 4, 'ONE_STOP_COMMUNE' = 5, 'ONE_STOP_VERTICAL' = 6, 'HOSPITAL' = 7,
        'HEALTH_FACILITY' = 8, 'SCHOOL' = 9, 'TRAINING' = 10, 'COMPANY' = 11, 'FACTORY' = 12,
        'PRODUCTION_BUSINESS' = 13, 'SUPERMARKET' = 14, 'HOTEL' = 15, 'LODGING' = 16, 'RESTAURANT' = 17,
        'EATERY' = 18, 'CAFE' = 19, 'PUBLIC_TRANSPORT_VEHICLE' = 20, 'PUBLIC_SERVICE_POINT' = 21,
        'STATE_AGENCY' = 22, 'PUBLIC_PLACE' = 23, 'CROWDED_PLACE' = 24, 'CHECKPOINT' = 25, 'ISOLATION_SITE' = 26,
        'OTHER' = 27, 'MARKET' = 28, 'PARK' = 29, 'APARTMENT_BLOCK' = 30),
    department Enum8('UNKNOWN' = 0, 'SYT' = 1, 'SGDDT' = 2, 'SLDTBXH' = 3, 'SVHTTDL' = 4, 'SKHDT' = 5, 'SCT' = 6,
        'SGTVT' = 7, 'BQLKCN' = 8, 'STTTT' = 9, 'UBND_DISTRICT' = 10),
    commune UInt16,
    district UInt16,
    province UInt8,
    risk_level UInt8,
    _partition UInt16,
    _offset Int64 CODEC(T64, LZ4),
    device_time DateTime64(3, 'UTC') ALIAS event_time - toIntervalMillisecond(skew_ms)
)
ENGINE = MergeTree
PARTITION BY toMonday(logged_at, 'Asia/Ho_Chi_Minh')
ORDER BY (place_id, event_time)
SETTINGS
    non_replicated_deduplication_window = 50000,
    merge_selector_base = 50,
    auto_statistics_types = '',
    min_bytes_for_full_part_storage = 1000000,
    old_parts_lifetime = 120;
