-- How long a visit lasts when nobody scanned the way out, by category of place. The rows are those of schemas/stays.py; a
-- test compares them. An observed way out counts for `most_minutes` after the way in, and before midnight unless the
-- category is open overnight.
CREATE TABLE IF NOT EXISTS default_stays
(
    category Enum8('UNKNOWN' = 0, 'AGENCY_HQ' = 1, 'CITIZEN_RECEPTION' = 2, 'PUBLIC_ADMIN_CENTER' = 3,
        'ONE_STOP_DISTRICT' = 4, 'ONE_STOP_COMMUNE' = 5, 'ONE_STOP_VERTICAL' = 6, 'HOSPITAL' = 7,
        'HEALTH_FACILITY' = 8, 'SCHOOL' = 9, 'TRAINING' = 10, 'COMPANY' = 11, 'FACTORY' = 12,
        'PRODUCTION_BUSINESS' = 13, 'SUPERMARKET' = 14, 'HOTEL' = 15, 'LODGING' = 16, 'RESTAURANT' = 17,
        'EATERY' = 18, 'CAFE' = 19, 'PUBLIC_TRANSPORT_VEHICLE' = 20, 'PUBLIC_SERVICE_POINT' = 21,
        'STATE_AGENCY' = 22, 'PUBLIC_PLACE' = 23, 'CROWDED_PLACE' = 24, 'CHECKPOINT' = 25, 'ISOLATION_SITE' = 26,
        'OTHER' = 27, 'MARKET' = 28, 'PARK' = 29, 'APARTMENT_BLOCK' = 30),
    stay_minutes UInt16,
    most_minutes UInt16,
    overnight Bool
)
ENGINE = ReplacingMergeTree
ORDER BY category;

INSERT INTO default_stays VALUES
    ('UNKNOWN', 120, 1440, false),
    ('AGENCY_HQ', 720, 1440, false),
    ('CITIZEN_RECEPTION', 120, 1440, false),
    ('PUBLIC_ADMIN_CENTER', 120, 1440, false),
    ('ONE_STOP_DISTRICT', 120, 1440, false),
    ('ONE_STOP_COMMUNE', 120, 1440, false),
    ('ONE_STOP_VERTICAL', 120, 1440, false),
    ('HOSPITAL', 480, 1440, false),
    ('HEALTH_FACILITY', 480, 1440, false),
    ('SCHOOL', 720, 1440, false),
    ('TRAINING', 720, 1440, false),
    ('COMPANY', 720, 1440, false),
    ('FACTORY', 720, 1440, true),
    ('PRODUCTION_BUSINESS', 720, 1440, false),
    ('SUPERMARKET', 90, 1440, false),
    ('HOTEL', 1440, 40320, true),
    ('LODGING', 1440, 40320, true),
    ('RESTAURANT', 120, 1440, false),
    ('EATERY', 120, 1440, false),
    ('CAFE', 120, 1440, false),
    ('PUBLIC_TRANSPORT_VEHICLE', 240, 1440, false),
    ('PUBLIC_SERVICE_POINT', 120, 1440, false),
    ('STATE_AGENCY', 720, 1440, false),
    ('PUBLIC_PLACE', 120, 1440, false),
    ('CROWDED_PLACE', 120, 1440, false),
    ('CHECKPOINT', 0, 0, false),
    ('ISOLATION_SITE', 1440, 40320, true),
    ('OTHER', 120, 1440, false),
    ('MARKET', 90, 1440, false),
    ('PARK', 120, 1440, false),
    ('APARTMENT_BLOCK', 720, 1440, false);

-- Who was where from when to when, for every visit that touches the time from `from` to `to` (UTC, `to` not included):
-- `SELECT * FROM visits(from = '2021-06-01 00:00:00', to = '2021-06-02 00:00:00')`. The rules are in docs/visits.md.
-- Computed from the rows that have landed, so a scan that comes late changes the answer. All that can matter is read: a
-- day around the span, as no assumed stay is longer, and four weeks of the places where an observed one can be.
-- Two orders of a person's scans: `anywhere` tells how long a stay can be assumed, `here` which way out ends which way in.
CREATE OR REPLACE VIEW visits AS
WITH
    toFixedString('', 16) AS no_scan,
    relevant AS
    (
        SELECT
            subject, place_id, trip_id, feed, scan_id, event_time, direction, commune, district, province,
            multiIf(
                feed = 'vehicle', 20, -- PUBLIC_TRANSPORT_VEHICLE
                feed = 'checkpoint', 25, -- CHECKPOINT
                category::Int8)::Int8 AS kind
        FROM scans
        WHERE verdict = 'ACCEPTED'
            AND logged_at >= {from:DateTime64(3, 'UTC')} - toIntervalDay(29)
            AND event_time >= {from:DateTime64(3, 'UTC')} - toIntervalDay(28)
            AND event_time < {to:DateTime64(3, 'UTC')} + toIntervalDay(28)
            AND
            (
                (event_time >= {from:DateTime64(3, 'UTC')} - toIntervalDay(1)
                    AND event_time < {to:DateTime64(3, 'UTC')} + toIntervalDay(1))
                OR category IN (SELECT category FROM default_stays WHERE most_minutes > 1440)
            )
    ),
    trips AS
    (
        SELECT place_id, trip_id, toDate(event_time, 'Asia/Ho_Chi_Minh') AS day, max(event_time) AS trip_end
        FROM relevant
        WHERE feed = 'vehicle' AND direction = 'OUT' AND trip_id > 0
        GROUP BY place_id, trip_id, day
    ),
    bounded AS
    (
        SELECT
            *,
            stay_minutes = 0 AS is_checkpoint,
            direction IN ('IN', 'OUT') AND NOT is_checkpoint AS is_stay,
            event_time + toIntervalMinute(stay_minutes) AS assumed_end,
            event_time - toIntervalMinute(stay_minutes) AS assumed_start,
            if(overnight, event_time + toIntervalMinute(most_minutes),
                toStartOfDay(event_time, 'Asia/Ho_Chi_Minh') + toIntervalDay(1)) AS latest_end,
            if(overnight, assumed_start,
                toStartOfDay(event_time - toIntervalMillisecond(1), 'Asia/Ho_Chi_Minh')) AS earliest_start
        FROM relevant
        LEFT ANY JOIN
        (
            SELECT category::Int8 AS kind, category, stay_minutes, most_minutes, overnight FROM default_stays FINAL
        ) AS stays USING (kind)
    ),
    neighbours AS
    (
        SELECT
            *,
            lag(event_time, 1, toDateTime64('1970-01-01', 3, 'UTC')) OVER anywhere AS seen_before,
            lead(event_time, 1, toDateTime64('2299-12-31', 3, 'UTC')) OVER anywhere AS seen_next,
            is_stay AND direction = 'IN' AND lead(direction) OVER here = 'OUT' AND lead(event_time) OVER here <= latest_end
                AS end_seen,
            is_stay AND direction = 'OUT' AND lag(direction) OVER here = 'IN' AND event_time <= lag(latest_end) OVER here
                AS start_seen,
            lead(event_time) OVER here AS time_next,
            lead(scan_id) OVER here AS scan_next
        FROM bounded
        WINDOW
            anywhere AS (PARTITION BY subject, is_stay OR is_checkpoint ORDER BY event_time, scan_id),
            here AS (PARTITION BY subject, is_stay, place_id, trip_id ORDER BY event_time, scan_id)
    )
SELECT
    subject, place_id, trip_id, category, feed, commune, district, province,
    if(start_imputed, greatest(assumed_start, earliest_start, seen_before), event_time) AS start,
    multiIf(
        end_seen, time_next,
        end_imputed, least(if(trip_end > event_time, trip_end, assumed_end), latest_end, seen_next),
        event_time) AS end,
    is_stay AND direction = 'OUT' AS start_imputed,
    is_stay AND direction = 'IN' AND NOT end_seen AS end_imputed,
    if(start_imputed, no_scan, scan_id) AS start_scan,
    multiIf(end_seen, scan_next, end_imputed, no_scan, scan_id) AS end_scan
FROM neighbours
LEFT ANY JOIN trips ON trips.place_id = neighbours.place_id AND trips.trip_id = neighbours.trip_id
    AND trips.day = toDate(neighbours.event_time, 'Asia/Ho_Chi_Minh')
WHERE NOT start_seen AND start < {to:DateTime64(3, 'UTC')} AND end >= {from:DateTime64(3, 'UTC')};
