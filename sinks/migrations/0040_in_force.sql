-- Corrections that hold: those no other one withdraws.
CREATE OR REPLACE VIEW corrections_in_force AS
SELECT * FROM corrections
WHERE verdict = 'ACCEPTED' AND event_id NOT IN (SELECT corrects FROM corrections WHERE verdict = 'ACCEPTED');

-- Accepted scans that nobody withdrew or replaced. What stands in place of a replaced one is a scan of its own.
CREATE OR REPLACE VIEW scans_in_force AS
SELECT * FROM scans
WHERE verdict = 'ACCEPTED' AND scan_id NOT IN (SELECT corrects FROM corrections_in_force);

-- The visits of 0005, of scans in force only; see there.
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
        FROM scans_in_force
        WHERE logged_at >= {from:DateTime64(3, 'UTC')} - toIntervalDay(29)
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
