-- What `health_updates_effective` has, and `person`: the same for all documents of one person, the smallest of their subjects
-- (view `people`). Resolving them reads all links: 2 s for 100,000.
CREATE OR REPLACE VIEW health_updates_by_person AS
SELECT told.*, if(linked.whole = toFixedString('', 16), told.subject, linked.whole) AS person
FROM health_updates_effective AS told
LEFT ANY JOIN (SELECT subject AS part, person AS whole FROM people) AS linked ON linked.part = told.subject;

-- The view of 0028, one row a person whatever documents they were isolated under. `subject` is the document of the isolation told
-- last, `person` as in `health_updates_by_person`; both are zeros for areas.
CREATE OR REPLACE VIEW updates_expected AS
SELECT
    CAST('ISOLATION', 'Enum8(\'ISOLATION\' = 0, \'LOCKDOWN\' = 1)') AS scope,
    isolation_id AS assignment_id, isolated.subject AS subject, kind::String AS kind, managed_by::String AS managed_by,
    site_id, '' AS hamlet, commune, district, province, began, toUInt32(1) AS people, person
FROM
(
    SELECT active.*, if(linked.whole = toFixedString('', 16), active.subject, linked.whole) AS person
    FROM isolations_active(at = toDateTime64({day:Date}, 3, 'UTC') + toIntervalHour(5)) AS active
    LEFT ANY JOIN (SELECT subject AS part, person AS whole FROM people) AS linked ON linked.part = active.subject
) AS isolated
ORDER BY told DESC, isolation_id
LIMIT 1 BY person
UNION ALL
SELECT
    'LOCKDOWN', lockdown_id, toFixedString('', 16), level::String, '', 0, hamlet, commune, district, province, began, counted,
    toFixedString('', 16)
FROM lockdown_residents(at = toDateTime64({day:Date}, 3, 'UTC') + toIntervalHour(5))
WHERE NOT within_another;

-- The view of 0028: isolated people whose update of a day (in Vietnam) is missing, under whichever of their documents it might
-- have come. `streak` counts the days since their last one, or since the first day one was due in this isolation.
CREATE OR REPLACE VIEW updates_missing AS
WITH if(began <= toStartOfDay(began, 'Asia/Ho_Chi_Minh') + toIntervalHour(12), 0, 1) AS from_next_day
SELECT
    due.subject AS subject, assignment_id, kind, managed_by, site_id, commune, district, province,
    nullIf(heard.last_day, toDate(0)) AS last_update,
    toUInt16({day:Date} - greatest(heard.last_day, toDate(began, 'Asia/Ho_Chi_Minh') + from_next_day - 1)) AS streak,
    nullIf(heard.last_status, '') AS last_status,
    due.person AS person
FROM (SELECT * FROM updates_expected(day = {day:Date}) WHERE scope = 'ISOLATION') AS due
LEFT JOIN
(
    SELECT
        person,
        maxIf(toDate(event_time, 'Asia/Ho_Chi_Minh'), status = 'SUBMITTED') AS last_day,
        argMaxIf(
            status::String, (event_time, logged_at, _partition, _offset),
            event_time >= toDateTime64({day:Date}, 3, 'UTC') - toIntervalHour(7)) AS last_status
    FROM health_updates_by_person
    WHERE event_time < toDateTime64({day:Date}, 3, 'UTC') + toIntervalHour(17)
    GROUP BY person
) AS heard ON heard.person = due.person
WHERE heard.last_day < {day:Date};
