-- Who stayed at some places, for stays that touch the time from `from` to `to` (UTC, `to` not included); no places are all of them:
-- `SELECT * FROM place_stays(places = [7], from = '2021-08-01 00:00:00', to = '2021-08-01 03:00:00')`. The rules are those of
-- `visits` (docs/visits.md) as if nobody had been scanned anywhere but there and on that trip: who left unscanned is taken to be
-- there still although scanned elsewhere since. So a place's stays need its own scans only, which the table's key finds.
-- Categories are those the register has now. Checkpoints have no stays.
-- One pass over the scans, whose neighbours are found in arrays: joins and windows would take longer to plan than one place
-- takes to read.
CREATE OR REPLACE VIEW place_stays AS
WITH
    {from:DateTime64(3, 'UTC')} AS since,
    {to:DateTime64(3, 'UTC')} AS until,
    toDateTime64(toStartOfDay({from:DateTime64(3, 'UTC')}, 'Asia/Ho_Chi_Minh'), 3, 'UTC') AS first_midnight,
    toDateTime64(
        toStartOfDay({to:DateTime64(3, 'UTC')} - toIntervalMillisecond(1), 'Asia/Ho_Chi_Minh'), 3, 'UTC')
        + toIntervalDay(1) AS last_midnight,
    (
        SELECT CAST(
            (groupArray(category::Int8), groupArray((stay_minutes, most_minutes, overnight))),
            'Map(Int8, Tuple(UInt16, UInt16, Bool))')
        FROM default_stays FINAL
    ) AS rules,
    (toFixedString('', 16), toDateTime64(0, 3, 'UTC'), toFixedString('', 16), false) AS nobody,
    rules[if(is_vehicle, 20, register.kind)::Int8] AS rule -- PUBLIC_TRANSPORT_VEHICLE
SELECT
    place_id, trip_id, one.1 AS subject,
    if(start_imputed, greatest(assumed_start, earliest_start, if(before.1 = one.1, before.2, assumed_start)), at) AS start,
    multiIf(
        end_seen, after.2,
        end_imputed, least(if(trip_end > at, trip_end, assumed_end), latest_end, if(after.1 = one.1, after.2, latest_end)),
        at) AS end,
    NOT one.4 AS start_imputed,
    one.4 AND NOT end_seen AS end_imputed
FROM
(
    SELECT
        moved.place_id AS place_id, trip_id, rule.1 AS stay_minutes, rule.2 AS most_minutes, rule.3 AS overnight,
        one, before, after, one.2 AS at,
        trip_ends[toDate(at, 'Asia/Ho_Chi_Minh')] AS trip_end,
        at + toIntervalMinute(stay_minutes) AS assumed_end,
        at - toIntervalMinute(stay_minutes) AS assumed_start,
        if(overnight, at + toIntervalMinute(most_minutes), toStartOfDay(at, 'Asia/Ho_Chi_Minh') + toIntervalDay(1)) AS latest_end,
        if(overnight, assumed_start, toStartOfDay(at - toIntervalMillisecond(1), 'Asia/Ho_Chi_Minh')) AS earliest_start,
        if(overnight, before.2 + toIntervalMinute(most_minutes),
            toStartOfDay(before.2, 'Asia/Ho_Chi_Minh') + toIntervalDay(1)) AS latest_end_before,
        one.4 AND after.1 = one.1 AND NOT after.4 AND after.2 <= latest_end AS end_seen,
        NOT one.4 AND before.1 = one.1 AND before.4 AND at <= latest_end_before AS start_seen
    FROM
    (
        SELECT
            place_id, trip_id, feed = 'vehicle' AS is_vehicle,
            arraySort(groupArray((subject, event_time, scan_id, direction = 'IN'))) AS moves,
            maxMapIf(
                map(toDate(event_time, 'Asia/Ho_Chi_Minh'), event_time),
                feed = 'vehicle' AND direction = 'OUT' AND trip_id > 0) AS trip_ends
        FROM scans_in_force
        WHERE (empty({places:Array(UInt32)}) OR place_id IN {places:Array(UInt32)})
            AND direction IN ('IN', 'OUT') AND feed != 'checkpoint'
            AND logged_at >= since - toIntervalDay(29)
            AND event_time >= since - toIntervalDay(28) AND event_time < until + toIntervalDay(28)
            AND
            (
                (event_time >= first_midnight AND event_time <= last_midnight)
                OR place_id IN
                (
                    SELECT place_id FROM places FINAL
                    WHERE (empty({places:Array(UInt32)}) OR place_id IN {places:Array(UInt32)})
                        AND rules[category::Int8].3
                )
            )
        GROUP BY place_id, trip_id, is_vehicle
    ) AS moved
    LEFT ANY JOIN
    (
        SELECT place_id, category::Int8 AS kind FROM places FINAL
        WHERE empty({places:Array(UInt32)}) OR place_id IN {places:Array(UInt32)}
    ) AS register ON register.place_id = moved.place_id
    ARRAY JOIN
        moves AS one,
        arrayPushFront(arrayPopBack(moves), nobody) AS before,
        arrayPushBack(arrayPopFront(moves), nobody) AS after
    WHERE stay_minutes > 0
)
WHERE NOT start_seen AND start < until AND end >= since;

-- How many people are at some places at a moment (UTC), and were at most since midnight in Vietnam, and when first; places without
-- anybody since midnight are left out, no places are all: `SELECT * FROM place_crowds(places = [], at = '2021-08-01 03:00:00')`.
-- It counts stays (see `place_stays`) from their start to their end, the end not included, by what has landed now.
CREATE OR REPLACE VIEW place_crowds AS
SELECT
    place_id, people[-1] AS inside, arrayMax(people) AS peak, turns[indexOf(people, peak)].1 AS peak_at
FROM
(
    SELECT
        place_id,
        arraySort(arrayFilter(turn -> turn.1 <= {at:DateTime64(3, 'UTC')}, groupArrayArray(
            [(greatest(start, midnight), 1::Int64), (end::DateTime64(3, 'UTC'), -1::Int64)]))) AS turns,
        arrayCumSum(turns.2) AS people
    FROM
    (
        SELECT
            place_id, start, end,
            toDateTime64(toStartOfDay({at:DateTime64(3, 'UTC')}, 'Asia/Ho_Chi_Minh'), 3, 'UTC') AS midnight
        FROM place_stays(
            places = {places:Array(UInt32)},
            from = toDateTime64(toStartOfDay({at:DateTime64(3, 'UTC')}, 'Asia/Ho_Chi_Minh'), 3, 'UTC'),
            to = {at:DateTime64(3, 'UTC')} + toIntervalMillisecond(1))
    )
    WHERE end > greatest(start, midnight)
    GROUP BY place_id
);

-- How full every place is at a moment (UTC) in which anybody was since midnight in Vietnam: people inside, the peak since midnight and
-- when it was reached first, and both as a share of the place's capacity, NULL where that is not known:
-- `SELECT * FROM occupancy(at = '2021-08-01 03:00:00') WHERE inside_share >= 0.8`.
CREATE OR REPLACE VIEW occupancy AS
SELECT
    crowds.place_id AS place_id, name, category, commune_code AS commune, capacity, inside, peak, peak_at,
    if(capacity = 0, NULL, round(inside / capacity, 4)) AS inside_share,
    if(capacity = 0, NULL, round(peak / capacity, 4)) AS peak_share
FROM place_crowds(places = [], at = {at:DateTime64(3, 'UTC')}) AS crowds
LEFT ANY JOIN (SELECT place_id, name, category, commune_code, capacity FROM places FINAL) AS register
    ON register.place_id = crowds.place_id;

-- The same of one place, read by the table's key; also of a place without anybody: `SELECT inside, peak, capacity
-- FROM occupancy_of(place = 7, at = '2021-08-01 03:00:00')`. Without anybody since midnight `peak_at` is NULL.
CREATE OR REPLACE VIEW occupancy_of AS
SELECT
    asked.place_id AS place_id, name, category, commune_code AS commune, capacity, inside, peak,
    nullIf(peak_at, toDateTime64(0, 3, 'UTC')) AS peak_at,
    if(capacity = 0, NULL, round(inside / capacity, 4)) AS inside_share,
    if(capacity = 0, NULL, round(peak / capacity, 4)) AS peak_share
FROM (SELECT {place:UInt32} AS place_id) AS asked
LEFT ANY JOIN
(
    SELECT place_id, name, category, commune_code, capacity FROM places FINAL WHERE place_id = {place:UInt32}
) AS register ON register.place_id = asked.place_id
LEFT ANY JOIN place_crowds(places = [{place:UInt32}], at = {at:DateTime64(3, 'UTC')}) AS crowds
    ON crowds.place_id = asked.place_id;
