-- `occupancy_of` of 0056 again, the same answer sooner. There it asks two views with parameters within each other, and each is
-- analysed twice for each time the one around it is: 115 ms of CPU before a scan is read. Here everything is written out, by
-- the same rules, and scans of earlier weeks are left alone unless people stay at the place overnight.
-- How full a place is at a moment (UTC), read by the table's key; also of a place without anybody:
-- `SELECT inside, peak, capacity FROM occupancy_of(place = 7, at = '2021-08-01 03:00:00')`. Without anybody since midnight in
-- Vietnam `peak_at` is NULL.
CREATE OR REPLACE VIEW occupancy_of AS
WITH
    {at:DateTime64(3, 'UTC')} AS moment,
    toDateTime64(toStartOfDay({at:DateTime64(3, 'UTC')}, 'Asia/Ho_Chi_Minh'), 3, 'UTC') AS midnight,
    (
        SELECT (any(name), any(category), any(commune_code), any(capacity))
        FROM places FINAL WHERE place_id = {place:UInt32}
    ) AS register,
    (
        SELECT max(overnight) FROM default_stays FINAL
        WHERE category IN (SELECT category FROM places FINAL WHERE place_id = {place:UInt32})
    ) AS is_overnight,
    (
        SELECT CAST(
            (groupArray(category::Int8), groupArray((stay_minutes, most_minutes, overnight))),
            'Map(Int8, Tuple(UInt16, UInt16, Bool))')
        FROM default_stays FINAL
    ) AS rules,
    (toFixedString('', 16), toDateTime64(0, 3, 'UTC'), toFixedString('', 16), false) AS nobody
SELECT
    {place:UInt32} AS place_id, register.1 AS name, register.2 AS category, register.3 AS commune, register.4 AS capacity,
    people[-1] AS inside, arrayMax(people) AS peak,
    nullIf(turns[indexOf(people, peak)].1, toDateTime64(0, 3, 'UTC')) AS peak_at,
    if(capacity = 0, NULL, round(inside / capacity, 4)) AS inside_share,
    if(capacity = 0, NULL, round(peak / capacity, 4)) AS peak_share
FROM
(
    SELECT
        arraySort(arrayFilter(turn -> turn.1 <= moment, groupArrayArray(
            [(greatest(start, midnight), 1::Int64), (end::DateTime64(3, 'UTC'), -1::Int64)]))) AS turns,
        arrayCumSum(turns.2) AS people
    FROM
    (
        SELECT
            one.2 AS at, one.4 AS is_in,
            at + toIntervalMinute(rule.1) AS assumed_end,
            at - toIntervalMinute(rule.1) AS assumed_start,
            if(rule.3, at + toIntervalMinute(rule.2), toStartOfDay(at, 'Asia/Ho_Chi_Minh') + toIntervalDay(1)) AS latest_end,
            if(rule.3, before.2 + toIntervalMinute(rule.2),
                toStartOfDay(before.2, 'Asia/Ho_Chi_Minh') + toIntervalDay(1)) AS latest_end_before,
            if(rule.3, assumed_start, toStartOfDay(at - toIntervalMillisecond(1), 'Asia/Ho_Chi_Minh')) AS earliest_start,
            trip_ends[toDate(at, 'Asia/Ho_Chi_Minh')] AS trip_end,
            NOT is_in AND before.1 = one.1 AND before.4 AND at <= latest_end_before AS start_seen,
            if(is_in, at, greatest(assumed_start, earliest_start, if(before.1 = one.1, before.2, assumed_start))) AS start,
            multiIf(
                is_in AND after.1 = one.1 AND NOT after.4 AND after.2 <= latest_end, after.2,
                is_in, least(
                    if(trip_end > at, trip_end, assumed_end), latest_end, if(after.1 = one.1, after.2, latest_end)),
                at) AS end
        FROM
        (
            SELECT
                rules[if(feed = 'vehicle', 20, register.2::Int8)::Int8] AS rule, -- PUBLIC_TRANSPORT_VEHICLE
                arraySort(groupArray((subject, event_time, scan_id, direction = 'IN'))) AS moves,
                maxMapIf(
                    map(toDate(event_time, 'Asia/Ho_Chi_Minh'), event_time),
                    feed = 'vehicle' AND direction = 'OUT' AND trip_id > 0) AS trip_ends
            FROM scans
            WHERE place_id = {place:UInt32}
                AND direction IN ('IN', 'OUT') AND feed != 'checkpoint'
                AND logged_at >= midnight - toIntervalDay(if(is_overnight, 29, 1))
                AND event_time >= midnight - toIntervalDay(if(is_overnight, 28, 0))
                AND event_time <= if(is_overnight, moment + toIntervalDay(28), midnight + toIntervalDay(1))
                AND verdict = 'ACCEPTED'
                AND scan_id NOT IN (SELECT corrects FROM corrections_in_force)
            GROUP BY trip_id, rule, feed
        )
        ARRAY JOIN
            moves AS one,
            arrayPushFront(arrayPopBack(moves), nobody) AS before,
            arrayPushBack(arrayPopFront(moves), nobody) AS after
        WHERE rule.1 > 0
    )
    WHERE NOT start_seen AND start <= moment AND end > greatest(start, midnight)
);
