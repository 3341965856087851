-- The view of 0028, a row a person whatever documents the updates came under: who was heard of on a day (in Vietnam), what the
-- day's last update says, the slots with one, the highest temperature and all symptoms of the day. `subject` is the document of
-- that last update, `person` as in `health_updates_by_person`. `submitted` unless the person could not be asked or refused each
-- time: `SELECT * FROM updates_received(day = '2021-08-01')`.
CREATE OR REPLACE VIEW updates_received AS
SELECT
    argMax(subject, order) AS subject,
    argMax(assignment_id, order) AS assignment_id,
    argMax(status, order) AS last_status,
    countIf(status = 'SUBMITTED') > 0 AS submitted,
    countIf(status = 'SUBMITTED' AND slot = 'AM') > 0 AS morning,
    countIf(status = 'SUBMITTED' AND slot = 'PM') > 0 AS afternoon,
    max(temperature_c10) AS highest_c10,
    groupBitOr(symptoms) AS symptoms,
    argMax(commune_code, order) AS commune,
    count() AS updates,
    person
FROM
(
    SELECT *, (event_time, logged_at, _partition, _offset) AS order
    FROM health_updates_by_person
    WHERE event_time >= toDateTime64({day:Date}, 3, 'UTC') - toIntervalHour(7)
        AND event_time < toDateTime64({day:Date}, 3, 'UTC') + toIntervalHour(17)
)
GROUP BY person;

-- The view of 0053, a row a lockdown and person: whose update of a day (in Vietnam) counts for which lockdown. Whoever submitted one
-- counts who names the lockdown, or one within it, or a commune of it: `SELECT * FROM lockdown_updates(day = '2021-08-01')`.
CREATE OR REPLACE VIEW lockdown_updates AS
WITH
    locked AS
    (
        SELECT lockdown_id, level::UInt8 AS level, area_code, commune, district, province
        FROM lockdowns_active(at = toDateTime64({day:Date}, 3, 'UTC') + toIntervalHour(5))
    ),
    placed AS
    (
        SELECT
            heard.subject AS subject, heard.person AS person, morning, afternoon,
            arrayJoin([
                hex(assignment_id),
                concat('1 ', toString(if(named.province > 0, named.commune, home.commune))),
                concat('2 ', toString(if(named.province > 0, named.district, home.district))),
                concat('3 ', toString(if(named.province > 0, named.province, home.province)))]) AS area
        FROM (SELECT * FROM updates_received(day = {day:Date}) WHERE submitted) AS heard
        LEFT JOIN (SELECT lockdown_id, commune, district, province FROM locked) AS named
            ON named.lockdown_id = heard.assignment_id
        LEFT JOIN (SELECT commune, district, province FROM area_units WHERE level = 'COMMUNE') AS home
            ON home.commune = heard.commune
    )
SELECT DISTINCT lockdown_id, subject, morning, afternoon, person
FROM
(
    SELECT
        lockdown_id,
        arrayJoin(if(level = 0, [hex(lockdown_id)],
            [hex(lockdown_id), concat(toString(level), ' ', toString(area_code))])) AS area
    FROM locked
) AS keyed
INNER JOIN placed USING (area);

-- The view of 0053, of people and not of their documents: daily health updates due on a day (in Vietnam), received and missing, by site,
-- commune and who manages them, and of each locked-down area. Its columns are told of there:
-- `SELECT * FROM missing_daily_updates(day = '2021-08-01') ORDER BY missing DESC`.
CREATE OR REPLACE VIEW missing_daily_updates AS
WITH
    due AS (SELECT * FROM updates_expected(day = {day:Date}))
SELECT
    *, expected - least(expected, received) AS missing, if(expected = 0, NULL, round(least(received / expected, 1), 4)) AS share
FROM
(
    SELECT
        due.scope AS scope, due.kind AS kind, due.managed_by AS managed_by, due.site_id AS site_id, due.hamlet AS hamlet,
        due.commune AS commune, due.district AS district, due.province AS province, sum(due.people) AS expected,
        countIf(silent.streak = 0) AS received,
        countIf(heard.morning) AS morning, countIf(heard.afternoon) AS afternoon,
        countIf(heard.submitted AND NOT heard.morning AND NOT heard.afternoon) AS whole_day,
        countIf(silent.streak = 1) AS streak_1, countIf(silent.streak = 2) AS streak_2, countIf(silent.streak >= 3) AS streak_3,
        max(silent.streak) AS longest_streak
    FROM (SELECT * FROM due WHERE scope = 'ISOLATION') AS due
    LEFT ANY JOIN (SELECT * FROM updates_received(day = {day:Date})) AS heard ON heard.person = due.person
    LEFT ANY JOIN (SELECT person, streak FROM updates_missing(day = {day:Date})) AS silent ON silent.person = due.person
    GROUP BY scope, kind, managed_by, site_id, hamlet, commune, district, province
    UNION ALL
    SELECT
        scope, kind, '', 0, hamlet, commune, district, province, people, heard.received, heard.morning, heard.afternoon,
        heard.whole_day, 0, 0, 0, 0
    FROM (SELECT * FROM due WHERE scope = 'LOCKDOWN') AS area
    LEFT ANY JOIN
    (
        SELECT
            lockdown_id, count() AS received, countIf(told.morning) AS morning, countIf(told.afternoon) AS afternoon,
            countIf(NOT told.morning AND NOT told.afternoon) AS whole_day
        FROM lockdown_updates(day = {day:Date}) AS told
        GROUP BY lockdown_id
    ) AS heard ON heard.lockdown_id = area.assignment_id
);

-- The view of 0028, of people and not of their documents: health updates due and received on a day (in Vietnam), of isolated people by
-- commune and by who manages them, and of each area that is locked down, by the rule of `lockdown_updates`:
-- `SELECT * FROM update_compliance(day = '2021-08-01') ORDER BY share`.
CREATE OR REPLACE VIEW update_compliance AS
WITH
    due AS (SELECT * FROM updates_expected(day = {day:Date}))
SELECT
    *,
    expected - least(expected, received) AS missing,
    round(least(received / expected, 1), 4) AS share
FROM
(
    SELECT
        scope, toFixedString('', 16) AS lockdown_id, '' AS level, hamlet, managed_by, commune, district, province,
        sum(people) AS expected,
        countIf(person IN (SELECT person FROM updates_received(day = {day:Date}) WHERE submitted)) AS received
    FROM due
    WHERE scope = 'ISOLATION'
    GROUP BY scope, hamlet, managed_by, commune, district, province
    UNION ALL
    SELECT
        scope, assignment_id, kind, hamlet, '', commune, district, province, people, heard.received
    FROM (SELECT * FROM due WHERE scope = 'LOCKDOWN') AS area
    LEFT JOIN
    (
        SELECT lockdown_id, count() AS received FROM lockdown_updates(day = {day:Date}) GROUP BY lockdown_id
    ) AS heard ON heard.lockdown_id = area.assignment_id
);
