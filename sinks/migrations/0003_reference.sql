-- The latest state of each place, device and area. Read them with FINAL. _partition and _offset are the state's position
-- in its topic: where the sink goes on after a start.
CREATE TABLE IF NOT EXISTS places
(
    place_id UInt32,
    name String,
    category Enum8('UNKNOWN' = 0, 'AGENCY_HQ' = 1, 'CITIZEN_RECEPTION' = 2, 'PUBLIC_ADMIN_CENTER' = 3,
        'ONE_STOP_DISTRICT' = 4, 'ONE_STOP_COMMUNE' = 5, 'ONE_STOP_VERTICAL' = 6, 'HOSPITAL' = 7,
        'HEALTH_FACILITY' = 8, 'SCHOOL' = 9, 'TRAINING' = 10, 'COMPANY' = 11, 'FACTORY' = 12,
        'PRODUCTION_BUSINESS' = 13, 'SUPERMARKET' = 14, 'HOTEL' = 15, 'LODGING' = 16, 'RESTAURANT' = 17,
        'EATERY' = 18, 'CAFE' = 19, 'PUBLIC_TRANSPORT_VEHICLE' = 20, 'PUBLIC_SERVICE_POINT' = 21,
        'STATE_AGENCY' = 22, 'PUBLIC_PLACE' = 23, 'CROWDED_PLACE' = 24, 'CHECKPOINT' = 25, 'ISOLATION_SITE' = 26,
        'OTHER' = 27, 'MARKET' = 28, 'PARK' = 29, 'APARTMENT_BLOCK' = 30),
    department Enum8('UNKNOWN' = 0, 'SYT' = 1, 'SGDDT' = 2, 'SLDTBXH' = 3, 'SVHTTDL' = 4, 'SKHDT' = 5, 'SCT' = 6,
        'SGTVT' = 7, 'BQLKCN' = 8, 'STTTT' = 9, 'UBND_DISTRICT' = 10),
    commune_code UInt16,
    capacity UInt32,
    mandate_ref String,
    updated_at DateTime64(3, 'UTC'),
    _partition UInt16,
    _offset Int64
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY place_id;

-- Token hashes stay in Kafka: analysts have no use for them.
CREATE TABLE IF NOT EXISTS devices
(
    device_id UInt32,
    place_id UInt32,
    label String,
    revoked Bool,
    updated_at DateTime64(3, 'UTC'),
    _partition UInt16,
    _offset Int64
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY device_id;

CREATE TABLE IF NOT EXISTS areas
(
    commune_code UInt16,
    district_code UInt16,
    province_code UInt8,
    name String,
    updated_at DateTime64(3, 'UTC'),
    _partition UInt16,
    _offset Int64
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY commune_code;

-- Risk levels of each area over time: 1 new normal, 2 at risk, 3 high, 4 very high.
CREATE TABLE IF NOT EXISTS area_risk
(
    commune_code UInt16,
    valid_from DateTime64(3, 'UTC'),
    level UInt8,
    decision_ref String,
    updated_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY (commune_code, valid_from);

-- Names of communes, districts and provinces (GSO, 2021), filled in by `migrate`.
CREATE TABLE IF NOT EXISTS admin_units
(
    commune UInt16,
    commune_name String,
    district UInt16,
    district_name String,
    province UInt8,
    province_name String
)
ENGINE = ReplacingMergeTree
ORDER BY commune;
