-- The view of 0059, of people and not of their documents: daily health updates due from isolated people (see `updates_expected`) and
-- those not heard of that day, under whichever of their documents. Links count that were known by `as_of`, so that a report
-- made again says the same. Residents of locked-down areas are in `update_compliance`.
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
    due AS
    (
        SELECT day, documents.person AS person, district, province
        FROM told
        INNER JOIN documents ON documents.subject = told.subject
        WHERE action != 'ENDED' AND starts + toIntervalDay(days) > noon
        ORDER BY event_time DESC, isolation_id
        LIMIT 1 BY day, person
    ),
    heard AS
    (
        SELECT DISTINCT toDate(event_time, 'Asia/Ho_Chi_Minh') AS day, documents.person AS person
        FROM health_updates
        INNER JOIN documents ON documents.subject = health_updates.subject
        WHERE verdict = 'ACCEPTED' AND status = 'SUBMITTED'
            AND event_time >= midnight - toIntervalDay(7) AND event_time < midnight + toIntervalDay(1)
            AND (toUnixTimestamp(event_time) + 25200) % 86400 < {seconds:UInt32}
            AND logged_at >= midnight - toIntervalDay(8) AND logged_at <= {as_of:DateTime64(3, 'UTC')}
            AND event_id NOT IN (SELECT corrects FROM withdrawn)
    )
SELECT
    day,
    arrayJoin(arrayDistinct([district, 0])) AS area,
    count() AS updates_due,
    countIf((day, person) NOT IN (SELECT day, person FROM heard)) AS updates_missing
FROM due
WHERE province = {province:UInt8}
GROUP BY day, area;
