-- `trace_points` of 0051 again, the same answer sooner: the rules of visits written out, the person's scans read once and kept
-- in an array, other pseudonyms asked for only where somebody linked the one given, and of the register only the places that
-- the person was at. There, views with parameters within each other are analysed over and over, the person's scans read three
-- times, and every place of the register once.
-- Where a person was: the visits that touch the time from `from` to `to` (UTC, `to` not included), of all the person's
-- pseudonyms, with the names of place and area. `risk_level` and `regime` are what was known of the commune when the scan
-- landed that the visit goes by. `person` is one of the pseudonyms, as hex(subject) shows it:
-- `SELECT * FROM trace_points(person = '00112233445566778899AABBCCDDEEFF', from = '2021-08-01 00:00:00',
-- to = '2021-08-22 00:00:00') ORDER BY start`.
CREATE OR REPLACE VIEW trace_points AS
WITH
    {from:DateTime64(3, 'UTC')} AS since,
    {to:DateTime64(3, 'UTC')} AS until,
    (
        SELECT groupArray((subject, place_id, trip_id, feed, scan_id, event_time, direction, commune, risk_level, regime,
            multiIf(feed = 'vehicle', 20, feed = 'checkpoint', 25, category::Int8)::Int8))
        FROM scans
        WHERE
        (
            subject = toFixedString(substring(unhex({person:String}), 1, 16), 16)
            OR
            (
                (
                    SELECT count() FROM identity_links
                    WHERE subject = toFixedString(substring(unhex({person:String}), 1, 16), 16)
                        OR other = toFixedString(substring(unhex({person:String}), 1, 16), 16)
                        OR throwIf(NOT match({person:String}, '^[0-9A-Fa-f]{32}$'),
                            'person: give a pseudonym as 32 hexadecimal digits, as hex(subject) shows it')
                ) > 0
                AND subject IN
                (
                    SELECT own
                    FROM
                    (
@include own: {person:String}
                    )
                )
            )
        )
        AND logged_at >= since - toIntervalDay(29)
        AND event_time >= since - toIntervalDay(28)
        AND event_time < until + toIntervalDay(28)
        AND
        (
            (event_time >= since - toIntervalDay(1) AND event_time < until + toIntervalDay(1))
            OR category IN (SELECT category FROM default_stays WHERE most_minutes > 1440)
        )
        AND verdict = 'ACCEPTED'
@include withdrawn: scan_id
    ) AS scanned,
    (
        SELECT maxMap(map(
            -- the trip: place, trip and day in one number
            bitShiftLeft(place_id::UInt128, 64) + bitShiftLeft(trip_id::UInt128, 32)
                + toDate(event_time, 'Asia/Ho_Chi_Minh')::UInt16,
            event_time))
        FROM scans
        WHERE feed = 'vehicle' AND direction = 'OUT' AND trip_id > 0
            AND place_id IN (SELECT arrayJoin(arrayMap(one -> one.2, arrayFilter(one -> one.4 = 'vehicle', scanned))))
            AND logged_at >= since - toIntervalDay(2)
            AND event_time >= since - toIntervalDay(1)
            AND event_time < until + toIntervalDay(1)
            AND verdict = 'ACCEPTED'
@include withdrawn: scan_id
    ) AS trip_ends
SELECT
    start, end, start_imputed, end_imputed, dateDiff('millisecond', start, end) / 60000 AS minutes,
    place_id, place_name, category, feed, trip_id, commune, commune_name, district_name, province_name, risk_level, regime,
    subject
FROM
(
    SELECT
        one.1 AS subject, one.2 AS place_id, one.3 AS trip_id, one.4 AS feed, one.5 AS scan_id,
        one.6 AS event_time, one.7 AS direction, one.8 AS commune, one.9 AS risk_level, one.10 AS regime, category,
        trip_ends[bitShiftLeft(place_id::UInt128, 64) + bitShiftLeft(trip_id::UInt128, 32)
            + toDate(event_time, 'Asia/Ho_Chi_Minh')::UInt16] AS trip_end,
        stay_minutes = 0 AS is_checkpoint,
        direction IN ('IN', 'OUT') AND stay_minutes > 0 AS is_stay,
        is_stay AND direction = 'IN' AS is_in,
        is_stay AND direction = 'OUT' AS is_out,
        event_time + toIntervalMinute(stay_minutes) AS assumed_end,
        event_time - toIntervalMinute(stay_minutes) AS assumed_start,
        if(overnight, event_time + toIntervalMinute(most_minutes),
            toStartOfDay(event_time, 'Asia/Ho_Chi_Minh') + toIntervalDay(1)) AS latest_end,
        if(overnight, event_time - toIntervalMinute(stay_minutes),
            toStartOfDay(event_time - toIntervalMillisecond(1), 'Asia/Ho_Chi_Minh')) AS earliest_start,
        lag(event_time, 1, toDateTime64('1970-01-01', 3, 'UTC')) OVER anywhere AS seen_before,
        lead(event_time, 1, toDateTime64('2299-12-31', 3, 'UTC')) OVER anywhere AS seen_next,
        lag((direction, latest_end)) OVER here AS last,
        lead((direction, event_time)) OVER here AS next,
        is_in AND next.1 = 'OUT' AND next.2 <= latest_end AS end_seen,
        if(is_out, greatest(assumed_start, earliest_start, seen_before), event_time) AS start,
        multiIf(
            end_seen, next.2,
            is_in, least(if(trip_end > event_time, trip_end, assumed_end), latest_end, seen_next),
            event_time) AS end,
        is_out AS start_imputed,
        is_in AND NOT end_seen AS end_imputed,
        is_out AND last.1 = 'IN' AND event_time <= last.2 AS start_seen
    FROM (SELECT arrayJoin(scanned) AS one, one.11 AS kind) AS relevant
    LEFT ANY JOIN
    (
        SELECT category::Int8 AS kind, category, stay_minutes, most_minutes, overnight FROM default_stays FINAL
    ) AS stays USING (kind)
    WINDOW
        anywhere AS (PARTITION BY subject, is_stay OR is_checkpoint ORDER BY event_time, scan_id),
        here AS (PARTITION BY subject, is_stay, place_id, trip_id ORDER BY event_time, scan_id)
) AS visited
LEFT ANY JOIN
(
    SELECT place_id, name AS place_name FROM places FINAL
    WHERE place_id IN (SELECT arrayJoin(arrayMap(one -> one.2, scanned)))
) AS register USING (place_id)
LEFT ANY JOIN (SELECT commune, commune_name, district_name, province_name FROM admin_units FINAL) AS units USING (commune)
WHERE NOT start_seen AND start < until AND end >= since;
