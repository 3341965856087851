    -- The rules of visits (docs/visits.md): `visited` has the visits of the scans in force for which the line's first condition holds that
    -- touch the time from `since` to `until` (not included). Whoever includes this names these two. Of a trip the last way out of
    -- anybody counts; the second condition says where trips matter. Two orders of a person's scans: `anywhere` tells how long
    -- a stay can be assumed, by the line's third: `subject`, or with place and trip if scans elsewhere are not to matter;
    -- `here` tells which way out ends which way in. Few levels, and `scans_in_force` written out: each costs milliseconds of planning.
    relevant AS
    (
        SELECT
            subject, place_id, trip_id, feed, scan_id, event_time, direction, commune, district, province, risk_level, regime,
            multiIf(
                feed = 'vehicle', 20, -- PUBLIC_TRANSPORT_VEHICLE
                feed = 'checkpoint', 25, -- CHECKPOINT
                category::Int8)::Int8 AS kind
        FROM scans
        WHERE
@include reach: $1
            AND verdict = 'ACCEPTED'
            AND scan_id NOT IN (SELECT corrects FROM corrections_in_force)
    ),
    trips AS
    (
        SELECT place_id AS vehicle_id, trip_id AS trip, toDate(event_time, 'Asia/Ho_Chi_Minh') AS day, max(event_time) AS trip_end
        FROM scans
        WHERE feed = 'vehicle' AND direction = 'OUT' AND trip_id > 0
            AND ($2)
            AND logged_at >= since - toIntervalDay(2)
            AND event_time >= since - toIntervalDay(1)
            AND event_time < until + toIntervalDay(1)
            AND verdict = 'ACCEPTED'
            AND scan_id NOT IN (SELECT corrects FROM corrections_in_force)
        GROUP BY vehicle_id, trip, day
    ),
    neighbours AS
    (
        SELECT
            subject, place_id, trip_id, category, feed, commune, district, province, risk_level, regime, scan_id, event_time,
            stay_minutes = 0 AS is_checkpoint,
            direction IN ('IN', 'OUT') AND NOT is_checkpoint AS is_stay,
            is_stay AND direction = 'IN' AS is_in,
            is_stay AND direction = 'OUT' AS is_out,
            event_time + toIntervalMinute(stay_minutes) AS assumed_end,
            event_time - toIntervalMinute(stay_minutes) AS assumed_start,
            if(overnight, event_time + toIntervalMinute(most_minutes),
                toStartOfDay(event_time, 'Asia/Ho_Chi_Minh') + toIntervalDay(1)) AS latest_end,
            if(overnight, assumed_start,
                toStartOfDay(event_time - toIntervalMillisecond(1), 'Asia/Ho_Chi_Minh')) AS earliest_start,
            lag(event_time, 1, toDateTime64('1970-01-01', 3, 'UTC')) OVER anywhere AS seen_before,
            lead(event_time, 1, toDateTime64('2299-12-31', 3, 'UTC')) OVER anywhere AS seen_next,
            lag((direction, latest_end)) OVER here AS last,
            lead((direction, event_time, scan_id)) OVER here AS next
        FROM relevant
        LEFT ANY JOIN
        (
            SELECT category::Int8 AS kind, category, stay_minutes, most_minutes, overnight FROM default_stays FINAL
        ) AS stays USING (kind)
        WINDOW
            anywhere AS (PARTITION BY $3, is_stay OR is_checkpoint ORDER BY event_time, scan_id),
            here AS (PARTITION BY subject, is_stay, place_id, trip_id ORDER BY event_time, scan_id)
    ),
    visited AS
    (
        SELECT
            subject, place_id, trip_id, category, feed, commune, district, province, risk_level, regime,
            is_in AND next.1 = 'OUT' AND next.2 <= latest_end AS end_seen,
            if(is_out, greatest(assumed_start, earliest_start, seen_before), event_time) AS start,
            multiIf(
                end_seen, next.2,
                is_in, least(if(trip_end > event_time, trip_end, assumed_end), latest_end, seen_next),
                event_time) AS end,
            is_out AS start_imputed,
            is_in AND NOT end_seen AS end_imputed,
            if(is_out, toFixedString('', 16), scan_id) AS start_scan,
            multiIf(end_seen, next.3, is_in, toFixedString('', 16), scan_id) AS end_scan
        FROM neighbours
        LEFT ANY JOIN trips ON trips.vehicle_id = neighbours.place_id AND trips.trip = neighbours.trip_id
            AND trips.day = toDate(neighbours.event_time, 'Asia/Ho_Chi_Minh')
        WHERE NOT (is_out AND last.1 = 'IN' AND event_time <= last.2) AND start < until AND end >= since
    )
