-- Residents of locked-down areas whose update of a day (in Vietnam) is missing, as far as it is known who they are: people whose last
-- update was for a lockdown that is in force at noon, and who are not isolated then. `subject` is the document it came
-- under, `streak` the days since. Of residents who never sent one only their number is known: see `update_compliance`.
-- `SELECT * FROM residents_missing(day = '2021-08-01')`.
CREATE OR REPLACE VIEW residents_missing AS
SELECT
    told.reporter AS subject, person, lockdown_id, level, area_code, hamlet, commune, district, province,
    last_day AS last_update, toUInt16({day:Date} - last_day) AS streak
FROM
(
    SELECT
        person,
        argMax(subject, (event_time, logged_at, _partition, _offset)) AS reporter,
        argMax(scope, (event_time, logged_at, _partition, _offset)) AS last_scope,
        argMax(assignment_id, (event_time, logged_at, _partition, _offset)) AS last_assignment,
        max(toDate(event_time, 'Asia/Ho_Chi_Minh')) AS last_day
    FROM health_updates_by_person
    WHERE status = 'SUBMITTED' AND event_time < toDateTime64({day:Date}, 3, 'UTC') + toIntervalHour(17)
    GROUP BY person
    HAVING last_day < {day:Date}
) AS told
INNER JOIN lockdowns_active(at = toDateTime64({day:Date}, 3, 'UTC') + toIntervalHour(5)) AS locked
    ON locked.lockdown_id = told.last_assignment
WHERE last_scope = 'LOCKDOWN'
    AND person NOT IN (SELECT person FROM updates_expected(day = {day:Date}) WHERE scope = 'ISOLATION');
