-- When checkpoints waved people through: explains scans that are missing.
CREATE TABLE IF NOT EXISTS wave_throughs
(
    event_id FixedString(16) CODEC(NONE),
    subject FixedString(16) CODEC(NONE),
    device_id UInt32,
    event_time DateTime64(3, 'UTC') CODEC(Delta, LZ4),
    place_id UInt32,
    action Enum8('STARTED' = 0, 'ENDED' = 1),
    reason Enum8('OTHER' = 0, 'CONGESTION' = 1, 'EMERGENCY' = 2, 'WEATHER' = 3, 'NETWORK' = 4),
    estimated_people UInt32,
    feed Enum8('wave_through' = 16),
    verdict Enum8('ACCEPTED' = 1, 'RESCAN' = 2, 'RETRY' = 3, 'REJECTED' = 4),
    rescan_of Int64,
    lateness Enum8('ON_TIME' = 1, 'LATE' = 2, 'VERY_LATE' = 3),
    flags UInt16,
    skew_ms Int32,
    logged_at DateTime64(3, 'UTC') CODEC(T64, LZ4),
    _partition UInt16,
    _offset Int64 CODEC(T64, LZ4),
    category Enum8('UNKNOWN' = 0, 'AGENCY_HQ' = 1, 'CITIZEN_RECEPTION' = 2, 'PUBLIC_ADMIN_CENTER' = 3,
        'ONE_STOP_DISTRICT' = 4, 'ONE_STOP_COMMUNE' = 5, 'ONE_STOP_VERTICAL' = 6, 'HOSPITAL' = 7,
        'HEALTH_FACILITY' = 8, 'SCHOOL' = 9, 'TRAINING' = 10, 'COMPANY' = 11, 'FACTORY' = 12,
        'PRODUCTION_BUSINESS' = 13, 'SUPERMARKET' = 14, 'HOTEL' = 15, 'LODGING' = 16, 'RESTAURANT' = 17,
        'EATERY' = 18, 'CAFE' = 19, 'PUBLIC_TRANSPORT_VEHICLE' = 20, 'PUBLIC_SERVICE_POINT' = 21, 'STATE_AGENCY'
        = 22, 'PUBLIC_PLACE' = 23, 'CROWDED_PLACE' = 24, 'CHECKPOINT' = 25, 'ISOLATION_SITE' = 26, 'OTHER' = 27,
        'MARKET' = 28, 'PARK' = 29, 'APARTMENT_BLOCK' = 30),
    department Enum8('UNKNOWN' = 0, 'SYT' = 1, 'SGDDT' = 2, 'SLDTBXH' = 3, 'SVHTTDL' = 4, 'SKHDT' = 5, 'SCT' =
        6, 'SGTVT' = 7, 'BQLKCN' = 8, 'STTTT' = 9, 'UBND_DISTRICT' = 10),
    commune UInt16,
    district UInt16,
    province UInt8,
    risk_level UInt8,
    device_time DateTime64(3, 'UTC') ALIAS event_time - toIntervalMillisecond(skew_ms)
)
ENGINE = MergeTree
PARTITION BY toMonday(logged_at, 'Asia/Ho_Chi_Minh')
ORDER BY (place_id, event_time)
SETTINGS
    non_replicated_deduplication_window = 50000,
    min_bytes_for_full_part_storage = 1000000,
    old_parts_lifetime = 120;
