-- `trace_points` of 0101 again, the same answer sooner: one question about links instead of two, of the table instead of a view over it.
-- It was asked, and planned, twice also for the many whom nobody linked. And a person's scans are read in one step.

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
@include withdrawn: scan_id
            -- `by_person` tells the rows already. Filters before the other columns are read would have each part read in steps.
            SETTINGS optimize_move_to_prewhere = 0
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
        -- How many links were ever made of the pseudonym, of those it was linked with and of those these were; and how many of them
        -- lead further, or do not hold, which is rare. Known before the rest is planned: what a 0 rules out never is.
        SELECT (count(), countIf(ends = 1 OR link_action != 'LINK' OR verdict != 'ACCEPTED'))
        FROM
        (
            SELECT
                link_action,
                verdict,
                arrayCount(
                    end -> end IN
                    (
                        SELECT arrayJoin([subject, other]) FROM identity_links
                        WHERE arrayExists(
                            end -> end IN
                            (
                                SELECT arrayJoin([subject, other]) FROM identity_links
                                WHERE subject = toFixedString(substring(unhex({person:String}), 1, 16), 16)
                                    OR other = toFixedString(substring(unhex({person:String}), 1, 16), 16)
                            ),
                            [subject, other])
                    ),
                    [subject, other]) AS ends
            FROM identity_links
        )
        WHERE ends > 0
            OR throwIf(NOT match({person:String}, '^[0-9A-Fa-f]{32}$'),
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
        WHERE subject = toFixedString(substring(unhex({person:String}), 1, 16), 16)
            OR
            (
                linked.1 > 0
                AND
                (
                    subject IN
                    (
@include linked_twice: {person:String}
                    )
                    OR
                    (
                        linked.2 > 0
                        AND subject IN
                        (
                            SELECT arrayJoin(pseudonyms) FROM linked_people
                            WHERE has(pseudonyms, toFixedString(substring(unhex({person:String}), 1, 16), 16))
                        )
                    )
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
