-- Who stayed at some places, for stays that touch the time from `from` to `to` (UTC, `to` not included); no places are all of them:
-- `SELECT * FROM place_stays(places = [7], from = '2021-08-01 00:00:00', to = '2021-08-01 03:00:00')`. The rules are those of `visits`
-- (docs/visits.md) as if nobody had been scanned anywhere but there and on that trip: who left unscanned is taken to be there still
-- although scanned elsewhere since. So a place's stays need its own scans only, which the table's key finds. Categories are
-- those the register has now. Checkpoints have no stays.
CREATE OR REPLACE VIEW place_stays AS
WITH
    {from:DateTime64(3, 'UTC')} AS since,
    {to:DateTime64(3, 'UTC')} AS until,
    toDateTime64(toStartOfDay(since, 'Asia/Ho_Chi_Minh'), 3, 'UTC') AS first_midnight,
    toDateTime64(toStartOfDay(until - toIntervalMillisecond(1), 'Asia/Ho_Chi_Minh'), 3, 'UTC') + toIntervalDay(1) AS last_midnight,
    register AS
    (
        SELECT place_id, category FROM places FINAL
        WHERE empty({places:Array(UInt32)}) OR place_id IN {places:Array(UInt32)}
    ),
    scanned AS
    (
        SELECT
            place_id, trip_id, subject, scan_id, event_time, direction, feed,
            toDate(event_time, 'Asia/Ho_Chi_Minh') AS day
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
                    SELECT place_id FROM register
                    WHERE category IN (SELECT category FROM default_stays FINAL WHERE overnight)
                )
            )
    ),
    trips AS
    (
        SELECT place_id, trip_id, day, max(event_time) AS trip_end
        FROM scanned
        WHERE feed = 'vehicle' AND direction = 'OUT' AND trip_id > 0
        GROUP BY place_id, trip_id, day
    ),
    bounded AS
    (
        SELECT
            *,
            event_time + toIntervalMinute(stay_minutes) AS assumed_end,
            event_time - toIntervalMinute(stay_minutes) AS assumed_start,
            if(overnight, event_time + toIntervalMinute(most_minutes),
                toStartOfDay(event_time, 'Asia/Ho_Chi_Minh') + toIntervalDay(1)) AS latest_end,
            if(overnight, assumed_start,
                toStartOfDay(event_time - toIntervalMillisecond(1), 'Asia/Ho_Chi_Minh')) AS earliest_start
        FROM
        (
            SELECT scanned.*, if(feed = 'vehicle', 20, register.category::Int8)::Int8 AS kind -- PUBLIC_TRANSPORT_VEHICLE
            FROM scanned
            LEFT ANY JOIN register ON register.place_id = scanned.place_id
        ) AS placed
        LEFT ANY JOIN
        (
            SELECT category::Int8 AS kind, category, stay_minutes, most_minutes, overnight FROM default_stays FINAL
        ) AS rules USING (kind)
        WHERE stay_minutes > 0
    ),
    neighbours AS
    (
        SELECT
            *,
            lag(event_time, 1, toDateTime64('1970-01-01', 3, 'UTC')) OVER here AS seen_before,
            lead(event_time, 1, toDateTime64('2299-12-31', 3, 'UTC')) OVER here AS seen_next,
            direction = 'IN' AND lead(direction) OVER here = 'OUT' AND seen_next <= latest_end AS end_seen,
            direction = 'OUT' AND lag(direction) OVER here = 'IN' AND event_time <= lag(latest_end) OVER here AS start_seen
        FROM bounded
        WINDOW here AS (PARTITION BY place_id, trip_id, subject ORDER BY event_time, scan_id)
    )
SELECT
    neighbours.place_id AS place_id, neighbours.trip_id AS trip_id, subject, category,
    if(start_imputed, greatest(assumed_start, earliest_start, seen_before), event_time) AS start,
    multiIf(
        end_seen, seen_next,
        end_imputed, least(if(trip_end > event_time, trip_end, assumed_end), latest_end, seen_next),
        event_time) AS end,
    direction = 'OUT' AS start_imputed,
    direction = 'IN' AND NOT end_seen AS end_imputed
FROM neighbours
LEFT ANY JOIN trips ON trips.place_id = neighbours.place_id AND trips.trip_id = neighbours.trip_id AND trips.day = neighbours.day
WHERE NOT start_seen AND start < until AND end >= since;

-- How many people are at some places at a moment (UTC), and were at most since midnight in Vietnam, and when first; places without
-- anybody since midnight are left out, no places are all: `SELECT * FROM place_crowds(places = [], at = '2021-08-01 03:00:00')`.
-- It counts stays (see `place_stays`) from their start to their end, the end not included, by what has landed now.
CREATE OR REPLACE VIEW place_crowds AS
WITH
    {at:DateTime64(3, 'UTC')} AS moment,
    toDateTime64(toStartOfDay(moment, 'Asia/Ho_Chi_Minh'), 3, 'UTC') AS midnight
SELECT place_id, sum(step) AS inside, max(people) AS peak, argMin(at, (-people, at)) AS peak_at
FROM
(
    SELECT
        place_id, at, step,
        sum(step) OVER (PARTITION BY place_id ORDER BY at, step ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS people
    FROM
    (
        SELECT place_id, arrayJoin([(greatest(start, midnight), 1::Int64), (end, -1::Int64)]) AS turn, turn.1 AS at, turn.2 AS step
        FROM place_stays(
            places = {places:Array(UInt32)},
            from = toDateTime64(toStartOfDay({at:DateTime64(3, 'UTC')}, 'Asia/Ho_Chi_Minh'), 3, 'UTC'),
            to = {at:DateTime64(3, 'UTC')} + toIntervalMillisecond(1))
        WHERE end > greatest(start, midnight)
    )
    WHERE at <= moment
)
GROUP BY place_id;

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
