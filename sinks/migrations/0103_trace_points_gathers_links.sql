-- `trace_points` of 0102 again, the same answer sooner: links are gathered once and looked through in arrays, which takes a question
-- less to plan than `IN` within `IN`; and whether a correction was itself corrected is told by one reading of the corrections.

-- When a vehicle was last left, by trip and day in Vietnam; `trip` is place, trip and day in one number. Asked for some places it reads
-- only those: `SELECT trip_id, day, trip_end FROM trip_ends WHERE place_id = 21`.
CREATE OR REPLACE VIEW trip_ends AS
SELECT
    place_id, trip_id, toDate(event_time, 'Asia/Ho_Chi_Minh') AS day, max(event_time) AS trip_end,
    bitShiftLeft(place_id::UInt128, 64) + bitShiftLeft(trip_id::UInt128, 32) + day::UInt16 AS trip
FROM scans
WHERE feed = 'vehicle' AND direction = 'OUT' AND trip_id > 0 AND verdict = 'ACCEPTED'
@include withdrawn_told_once: scan_id
GROUP BY place_id, trip_id, day
SETTINGS max_threads_for_indexes = 1,
    merge_tree_min_rows_for_concurrent_read = 10000000, merge_tree_min_bytes_for_concurrent_read = 1000000000;

-- The visits of `visits` with the names of their areas, but for trips' ends: a visit whose end is assumed ends when `trip` does, if that
-- is later than `start`, yet no later than `latest`. Asked for some subjects it reads only their scans; only conditions on `subject`
-- can be put so: `SELECT place_id, start, end FROM visits_before_trips WHERE subject = unhex('...')`.
CREATE OR REPLACE VIEW visits_before_trips AS
SELECT
    subject, place_id, trip_id, feed, category, commune, commune_name, district_name, province_name, risk_level, regime,
    if(is_out, greatest(assumed_start, seen_before), event_time) AS start,
    multiIf(end_seen, next.2, is_in, least(assumed_end, latest), event_time) AS end,
    is_out AS start_imputed,
    is_in AND NOT end_seen AS end_imputed,
    least(latest_end, seen_next) AS latest,
    is_in AND next.1 AND next.2 <= latest_end AS end_seen,
    bitShiftLeft(place_id::UInt128, 64) + bitShiftLeft(trip_id::UInt128, 32)
        + toDate(event_time, 'Asia/Ho_Chi_Minh')::UInt16 AS trip
FROM
(
    SELECT
        *,
        lag(event_time, 1, toDateTime64('1970-01-01', 3, 'UTC')) OVER anywhere AS seen_before,
        lead(event_time, 1, toDateTime64('2299-12-31', 3, 'UTC')) OVER anywhere AS seen_next,
        lag((is_in, latest_end)) OVER here AS last,
        lead((is_out, event_time)) OVER here AS next
    FROM
    (
        SELECT
            subject, place_id, trip_id, feed, category, commune, risk_level, regime, scan_id, event_time,
            direction = 'IN' AND stay_minutes > 0 AS is_in,
            direction = 'OUT' AND stay_minutes > 0 AS is_out,
            is_in OR is_out AS is_stay,
            is_stay OR stay_minutes = 0 AS is_counted,
            event_time + toIntervalMinute(stay_minutes) AS assumed_end,
            if(overnight, event_time + toIntervalMinute(most_minutes),
                toStartOfDay(event_time, 'Asia/Ho_Chi_Minh') + toIntervalDay(1)) AS latest_end,
            greatest(
                event_time - toIntervalMinute(stay_minutes),
                if(overnight, toDateTime64(0, 3, 'UTC'),
                    toStartOfDay(event_time - toIntervalMillisecond(1), 'Asia/Ho_Chi_Minh'))) AS assumed_start
        FROM
        (
            SELECT
                subject, place_id, trip_id, feed, scan_id, event_time, direction, commune, risk_level, regime,
                multiIf(
                    feed = 'vehicle', 20, -- PUBLIC_TRANSPORT_VEHICLE
                    feed = 'checkpoint', 25, -- CHECKPOINT
                    category::Int8)::Int8 AS kind
            FROM scans
            WHERE verdict = 'ACCEPTED'
@include withdrawn_told_once: scan_id
            -- `by_person` tells the rows already. Filters before the other columns are read would have each part read in steps. And
            -- the few rows of a part are found and read sooner than they are shared out among threads.
            SETTINGS optimize_move_to_prewhere = 0, max_threads_for_indexes = 1,
                merge_tree_min_rows_for_concurrent_read = 10000000, merge_tree_min_bytes_for_concurrent_read = 1000000000
        ) AS scanned
        LEFT ANY JOIN
        (
            SELECT category::Int8 AS kind, category, stay_minutes, most_minutes, overnight FROM default_stays FINAL
        ) AS stays USING (kind)
    )
    WINDOW
        anywhere AS (PARTITION BY subject, is_counted ORDER BY event_time, scan_id),
        here AS (PARTITION BY subject, is_stay, place_id, trip_id ORDER BY event_time, scan_id)
) AS begun
LEFT ANY JOIN (SELECT commune, commune_name, district_name, province_name FROM admin_units FINAL) AS units USING (commune)
WHERE NOT (is_out AND last.1 AND event_time <= last.2);

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
        -- How many links lead further from whom the pseudonym was ever linked with over at most one other, or do not hold, which is
        -- rare; and where there are none, all pseudonyms of the person. Known before the rest is planned: what a 0 rules out never is.
        -- One step a subquery: an expression that a step names again would be planned again.
        SELECT (further, if(further > 0, [me], arrayDistinct(arrayPushFront(twice, me))))
        FROM
        (
            SELECT
                me, twice,
                arrayCount(link -> hasAny(twice, link.1) AND NOT (link.2 AND hasAll(twice, link.1)), links) AS further
            FROM
            (
                SELECT me, links, arrayFlatten(arrayFilter(ends -> hasAny(once, ends), links.1)) AS twice
                FROM
                (
                    SELECT
                        toFixedString(substring(unhex({person:String}), 1, 16), 16) AS me,
                        groupArray(([subject, other], link_action = 'LINK' AND verdict = 'ACCEPTED')) AS links,
                        arrayFlatten(groupArrayIf([subject, other], subject = me OR other = me)) AS once
                    FROM identity_links
                )
            )
        )
        WHERE NOT throwIf(NOT match({person:String}, '^[0-9A-Fa-f]{32}$'),
            'person: give a pseudonym as 32 hexadecimal digits, as hex(subject) shows it')
    ) AS linked,
    (
        SELECT
        (
            groupUniqArray(place_id),
            groupUniqArrayIf(place_id, end_imputed AND feed = 'vehicle'),
            groupArray((
                start, end, start_imputed, end_imputed, latest, place_id, category, feed, trip_id, commune, commune_name,
                district_name, province_name, risk_level, regime, subject, trip))
        )
        FROM visits_before_trips
        WHERE subject IN (linked.2)
            OR
            (
                linked.1 > 0
                AND subject IN
                (
                    SELECT arrayJoin(pseudonyms) FROM linked_people
                    WHERE has(pseudonyms, toFixedString(substring(unhex({person:String}), 1, 16), 16))
                )
            )
    ) AS found,
    (
        SELECT maxMap(map(trip, trip_end)) FROM trip_ends
        WHERE place_id IN (found.2) AND day >= toDate(since) - 1 AND day <= toDate(until) + 1
    ) AS ends_of_trips,
    (
        SELECT CAST((groupArray(place_id), groupArray(name)), 'Map(UInt32, String)')
        FROM places FINAL WHERE place_id IN (found.1)
    ) AS names
SELECT
    visit.1 AS start,
    if(end_imputed AND trip_end > start, least(trip_end, visit.5), visit.2) AS end,
    visit.3 AS start_imputed, visit.4 AS end_imputed,
    dateDiff('millisecond', start, end) / 60000 AS minutes,
    visit.6 AS place_id, names[place_id] AS place_name, visit.7 AS category, visit.8 AS feed, visit.9 AS trip_id,
    visit.10 AS commune, visit.11 AS commune_name, visit.12 AS district_name, visit.13 AS province_name,
    visit.14 AS risk_level, visit.15 AS regime, visit.16 AS subject
FROM (SELECT arrayJoin(found.3) AS visit, ends_of_trips[visit.17] AS trip_end)
WHERE start < until AND end >= since;
