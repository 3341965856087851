-- Every area of 2021 down to communes: level, code, what it lies in, and its name.
CREATE OR REPLACE VIEW area_units AS
SELECT
    CAST(code, 'Enum8(\'COMMUNE\' = 1, \'DISTRICT\' = 2, \'PROVINCE\' = 3)') AS level,
    area_code, commune, district, province, name
FROM
(
    SELECT 1 AS code, commune AS area_code, commune, district, province, commune_name AS name FROM admin_units FINAL
    UNION ALL
    SELECT DISTINCT 2, district, 0, district, province, district_name FROM admin_units
    UNION ALL
    SELECT DISTINCT 3, province::UInt16, 0, 0, province, province_name FROM admin_units
);

-- Lockdowns in force at a moment (UTC): `SELECT * FROM lockdowns_active(at = '2021-08-01 05:00:00')`. A lockdown is what the event
-- told last says of those whose `valid_from` had come by then; one that ended is over at its `valid_until`, or at once.
-- `began` is the first `valid_from` of them. `commune` is 0 for districts and provinces, `district` for provinces.
CREATE OR REPLACE VIEW lockdowns_active AS
SELECT
    lockdown_id, level, told.area_code AS area_code, hamlet, units.name AS area_name,
    units.commune AS commune, units.district AS district, units.province AS province,
    residents, began, valid_until, decision_ref
FROM
(
    SELECT *, greatest(level::UInt8, 1) AS unit_level, min(valid_from) OVER (PARTITION BY lockdown_id) AS began
    FROM lockdowns_effective
    WHERE valid_from <= {at:DateTime64(3, 'UTC')}
    ORDER BY event_time DESC, logged_at DESC, _partition DESC, _offset DESC
    LIMIT 1 BY lockdown_id
) AS told
LEFT JOIN (SELECT *, level::UInt8 AS unit_level FROM area_units) AS units
    ON units.unit_level = told.unit_level AND units.area_code = told.area_code
WHERE valid_until > {at:DateTime64(3, 'UTC')} OR (toUnixTimestamp64Milli(valid_until) = 0 AND action != 'ENDED');

-- The same with `counted`: residents who are counted in no other lockdown. One within a larger area that is locked down counts
-- none, nor does a second one of the same area.
CREATE OR REPLACE VIEW lockdown_residents AS
SELECT
    *,
    (level < 'PROVINCE' AND countIf(level = 'PROVINCE') OVER (PARTITION BY province) > 0)
        OR (level < 'DISTRICT' AND countIf(level = 'DISTRICT') OVER (PARTITION BY province, district) > 0)
        OR (level < 'COMMUNE' AND countIf(level = 'COMMUNE') OVER (PARTITION BY province, commune) > 0)
        OR row_number() OVER (PARTITION BY level, area_code, hamlet ORDER BY began, lockdown_id) > 1 AS within_another,
    if(within_another, 0, residents) AS counted
FROM lockdowns_active(at = {at:DateTime64(3, 'UTC')});

-- Who is isolated at a moment (UTC), where, from when to when: `SELECT * FROM isolations_active(at = '2021-08-01 05:00:00')`. An
-- isolation is what the event told last says of those in effect by then: an assignment or a move is from its `starts` on,
-- an end from when it happened. It lasts `days` times 24 hours from `starts`. `began` is its first `starts`. The worker's
-- flag ISOLATED goes by the same rule.
CREATE OR REPLACE VIEW isolations_active AS
SELECT
    isolation_id, subject, kind, managed_by, site_id, commune_code AS commune, district, province,
    began, starts, days, starts + toIntervalDay(days) AS ends, moves, event_time AS told, decision_ref
FROM
(
    SELECT
        *,
        min(if(action = 'ENDED', toDateTime64('2299-12-31 00:00:00', 3, 'UTC'), starts)) OVER one AS began,
        countIf(action = 'MOVED') OVER one AS moves
    FROM isolations_effective
    WHERE if(action = 'ENDED', event_time, starts) <= {at:DateTime64(3, 'UTC')}
    WINDOW one AS (PARTITION BY subject, isolation_id)
    ORDER BY event_time DESC, action = 'ENDED' DESC, starts DESC, days DESC, logged_at DESC, _partition DESC, _offset DESC
    LIMIT 1 BY subject, isolation_id
)
WHERE action != 'ENDED' AND ends > {at:DateTime64(3, 'UTC')};

-- Whose health updates are due on a day (in Vietnam): `SELECT * FROM updates_expected(day = '2021-08-01')`. Those isolated at
-- noon, one row and one person each, by the isolation told last; and the residents of areas locked down at noon, a row an
-- area, whose `subject` is zeros.
CREATE OR REPLACE VIEW updates_expected AS
WITH toDateTime64({day:Date}, 3, 'UTC') + toIntervalHour(5) AS noon
SELECT
    CAST('ISOLATION', 'Enum8(\'ISOLATION\' = 0, \'LOCKDOWN\' = 1)') AS scope,
    isolation_id AS assignment_id, subject, kind::String AS kind, managed_by::String AS managed_by, site_id,
    '' AS hamlet, commune, district, province, began, toUInt32(1) AS people
FROM isolations_active(at = toDateTime64({day:Date}, 3, 'UTC') + toIntervalHour(5))
ORDER BY told DESC, isolation_id
LIMIT 1 BY subject
UNION ALL
SELECT
    'LOCKDOWN', lockdown_id, toFixedString('', 16), level::String, '', 0, hamlet, commune, district, province, began, counted
FROM lockdown_residents(at = toDateTime64({day:Date}, 3, 'UTC') + toIntervalHour(5))
WHERE NOT within_another;

-- Who was heard of on a day (in Vietnam), a row a person: what the day's last update says, the slots with one, the highest
-- temperature and all symptoms of the day. `submitted` unless the person could not be asked or refused each time.
CREATE OR REPLACE VIEW updates_received AS
SELECT
    subject,
    argMax(assignment_id, order) AS assignment_id,
    argMax(status, order) AS last_status,
    countIf(status = 'SUBMITTED') > 0 AS submitted,
    countIf(status = 'SUBMITTED' AND slot = 'AM') > 0 AS morning,
    countIf(status = 'SUBMITTED' AND slot = 'PM') > 0 AS afternoon,
    max(temperature_c10) AS highest_c10,
    groupBitOr(symptoms) AS symptoms,
    argMax(commune_code, order) AS commune,
    count() AS updates
FROM
(
    SELECT *, (event_time, logged_at, _partition, _offset) AS order
    FROM health_updates_effective
    WHERE event_time >= toDateTime64({day:Date}, 3, 'UTC') - toIntervalHour(7)
        AND event_time < toDateTime64({day:Date}, 3, 'UTC') + toIntervalHour(17)
)
GROUP BY subject;

-- Isolated people whose update of a day (in Vietnam) is missing. `streak` counts the days since their last one, or since the
-- first day one was due in this isolation: 1 warns, 2 is critical. `last_status` tells of a day's update that was none.
CREATE OR REPLACE VIEW updates_missing AS
WITH if(began <= toStartOfDay(began, 'Asia/Ho_Chi_Minh') + toIntervalHour(12), 0, 1) AS from_next_day
SELECT
    due.subject AS subject, assignment_id, kind, managed_by, site_id, commune, district, province,
    nullIf(heard.last_day, toDate(0)) AS last_update,
    toUInt16({day:Date} - greatest(heard.last_day, toDate(began, 'Asia/Ho_Chi_Minh') + from_next_day - 1)) AS streak,
    nullIf(tried.last_status::String, '') AS last_status
FROM (SELECT * FROM updates_expected(day = {day:Date}) WHERE scope = 'ISOLATION') AS due
LEFT JOIN
(
    SELECT subject, max(toDate(event_time, 'Asia/Ho_Chi_Minh')) AS last_day
    FROM health_updates_effective
    WHERE status = 'SUBMITTED' AND event_time < toDateTime64({day:Date}, 3, 'UTC') + toIntervalHour(17)
    GROUP BY subject
) AS heard ON heard.subject = due.subject
LEFT JOIN (SELECT subject, last_status::String AS last_status FROM updates_received(day = {day:Date})) AS tried
    ON tried.subject = due.subject
WHERE heard.last_day < {day:Date};

-- Health updates due and received on a day (in Vietnam): isolated people by commune and by who manages them, and each area that is
-- locked down. Of such an area whoever submitted one counts who names the lockdown, or one within it, or a commune of it.
CREATE OR REPLACE VIEW update_compliance AS
WITH
    due AS (SELECT * FROM updates_expected(day = {day:Date})),
    heard AS (SELECT * FROM updates_received(day = {day:Date}) WHERE submitted),
    locked AS
    (
        SELECT lockdown_id, level::UInt8 AS level, area_code, commune, district, province
        FROM lockdowns_active(at = toDateTime64({day:Date}, 3, 'UTC') + toIntervalHour(5))
    ),
    placed AS -- every person heard of, with the areas they are in
    (
        SELECT
            heard.subject AS subject,
            arrayJoin([
                hex(assignment_id),
                concat('1 ', toString(if(named.province > 0, named.commune, home.commune))),
                concat('2 ', toString(if(named.province > 0, named.district, home.district))),
                concat('3 ', toString(if(named.province > 0, named.province, home.province)))]) AS area
        FROM heard
        LEFT JOIN (SELECT lockdown_id, commune, district, province FROM locked) AS named
            ON named.lockdown_id = heard.assignment_id
        LEFT JOIN (SELECT commune, district, province FROM area_units WHERE level = 'COMMUNE') AS home
            ON home.commune = heard.commune
    ),
    areas_heard AS
    (
        SELECT lockdown_id, uniqExact(subject) AS received
        FROM
        (
            SELECT lockdown_id, arrayJoin(if(level = 0, [hex(lockdown_id)],
                [hex(lockdown_id), concat(toString(level), ' ', toString(area_code))])) AS area
            FROM locked
        ) AS keyed
        INNER JOIN placed USING (area)
        GROUP BY lockdown_id
    )
SELECT
    *,
    expected - least(expected, received) AS missing,
    round(least(received / expected, 1), 4) AS share
FROM
(
    SELECT
        scope, toFixedString('', 16) AS lockdown_id, '' AS level, hamlet, managed_by, commune, district, province,
        sum(people) AS expected, countIf(subject IN (SELECT subject FROM heard)) AS received
    FROM due
    WHERE scope = 'ISOLATION'
    GROUP BY scope, hamlet, managed_by, commune, district, province
    UNION ALL
    SELECT
        scope, assignment_id, kind, hamlet, '', commune, district, province, people, received
    FROM (SELECT * FROM due WHERE scope = 'LOCKDOWN') AS area
    LEFT JOIN areas_heard ON areas_heard.lockdown_id = area.assignment_id
);
