-- The view of 0096 again, the same answer sooner: daily health updates due from isolated people (see `updates_expected`) and those
-- not heard of that day, under whichever of their documents. Links count that were known by `as_of`, so that a report made
-- again says the same. Residents of locked-down areas are in `update_compliance`. Orders and updates are told of people at once:
-- who somebody is takes a recursive query, which is planned and answered anew wherever it is named.
CREATE OR REPLACE VIEW daily_updates AS
WITH RECURSIVE
    toDateTime64({day:Date}, 3, 'UTC') - toIntervalHour(7) AS midnight,
    withdrawn AS (SELECT corrects FROM corrections_standing_as_of(as_of = {as_of:DateTime64(3, 'UTC')})),
    calendar AS
    (
        SELECT {day:Date} - number AS day, toDateTime64(day, 3, 'UTC') + toIntervalHour(5) AS noon FROM numbers(8)
    ),
    told AS
    (
        SELECT day, noon, subject, isolation_id, action, starts, days, district, province, event_time
        FROM calendar
        CROSS JOIN isolations
        WHERE verdict = 'ACCEPTED' AND logged_at <= {as_of:DateTime64(3, 'UTC')}
            AND event_id NOT IN (SELECT corrects FROM withdrawn)
            AND if(action = 'ENDED', event_time, starts) <= noon
        ORDER BY event_time DESC, action = 'ENDED' DESC, starts DESC, days DESC, logged_at DESC, _partition DESC, _offset DESC
        LIMIT 1 BY day, subject, isolation_id
    ),
@include linked_as_of: SELECT subject FROM isolations WHERE verdict = 'ACCEPTED' AND logged_at <= {as_of:DateTime64(3, 'UTC')}
    ,
    documents AS (SELECT DISTINCT subject, person FROM linked),
    heard AS
    (
        SELECT DISTINCT toDate(event_time, 'Asia/Ho_Chi_Minh') AS day, subject
        FROM health_updates
        WHERE verdict = 'ACCEPTED' AND status = 'SUBMITTED'
            AND event_time >= midnight - toIntervalDay(7) AND event_time < midnight + toIntervalDay(1)
            AND (toUnixTimestamp(event_time) + 25200) % 86400 < {seconds:UInt32}
            AND logged_at >= midnight - toIntervalDay(8) AND logged_at <= {as_of:DateTime64(3, 'UTC')}
            AND event_id NOT IN (SELECT corrects FROM withdrawn)
    ),
    known AS
    (
        SELECT
            day, subject, true AS is_due,
            (-toUnixTimestamp64Milli(event_time), isolation_id) AS latest_first,
            (district, province) AS ordered_in
        FROM told
        WHERE action != 'ENDED' AND starts + toIntervalDay(days) > noon
        UNION ALL
        SELECT day, subject, false, (0::Int64, toFixedString('', 16)), (0::UInt16, 0::UInt8) FROM heard
    ),
    due AS
    (
        SELECT
            day,
            argMinIf(ordered_in, latest_first, is_due) AS area_of_order,
            area_of_order.1 AS district,
            area_of_order.2 AS province,
            min(is_due) AS is_missing
        FROM known
        INNER JOIN documents ON documents.subject = known.subject
        GROUP BY day, documents.person
        HAVING max(is_due)
    )
SELECT
    day,
    arrayJoin(arrayDistinct([district, 0])) AS area,
    count() AS updates_due,
    countIf(is_missing) AS updates_missing
FROM due
WHERE province = {province:UInt8}
GROUP BY day, area;
