-- Scans that count: accepted, and neither withdrawn nor replaced. The same as `scans_effective` without its re-scans; ask this one
-- of visits and counts, and `scans_effective` where a re-scan is evidence, too. Columns are those of `scans`:
-- `SELECT count() FROM scans_in_force WHERE event_time >= '2021-08-01 00:00:00'`.
CREATE OR REPLACE VIEW scans_in_force AS SELECT * FROM scans_effective WHERE verdict = 'ACCEPTED';

-- The view of 0024, of what was told of passes and stands.
CREATE OR REPLACE VIEW passes_state AS
WITH
    now64(3, 'UTC') AS moment,
    action != 'REVOKED' AND event_time > revoked_at AS stands
SELECT
    pass_id,
    argMax(told.subject, (told.event_time, told.event_id)) AS subject,
    multiIf(
        countIf(stands AND told.valid_from <= moment AND moment < told.valid_until) > 0, 'VALID',
        countIf(stands AND moment < told.valid_from) > 0, 'NOT_YET',
        countIf(stands) > 0, 'EXPIRED',
        'REVOKED') AS pass_status,
    argMax(told.action, (told.event_time, told.event_id)) AS last_action,
    argMax(told.valid_from, (told.event_time, told.event_id)) AS valid_from,
    argMax(told.valid_until, (told.event_time, told.event_id)) AS valid_until,
    argMax(told.purpose, (told.event_time, told.event_id)) AS purpose,
    min(told.event_time) AS first_told,
    max(told.event_time) AS last_told,
    countIf(told.action = 'RENEWED') AS renewals
FROM
(
    SELECT *, maxIf(event_time, action = 'REVOKED') OVER (PARTITION BY pass_id) AS revoked_at
    FROM passes_effective
) AS told
GROUP BY pass_id;

-- Movement passes that are good until soon: those that end after `now` (UTC), but no later than `horizon` hours on, by what had been
-- told by `now` and stands: `SELECT * FROM pass_expiry(now = '2021-08-01 03:00:00', horizon = 24)`. A pass ends when the last of what
-- was granted since it was revoked last does, at which moment it is good no more; `pass_status` is NOT_YET where that has not
-- begun. `minutes_left` are whole minutes. Areas are those of the commune the pass leads to.
CREATE OR REPLACE VIEW pass_expiry AS
WITH {now:DateTime64(3, 'UTC')} AS moment
SELECT
    pass_id, last.1 AS subject, last.2 AS purpose, if(is_valid, 'VALID', 'NOT_YET') AS pass_status, ends,
    intDiv(dateDiff('millisecond', moment, ends), 60000) AS minutes_left, renewals,
    last.3 AS origin_commune, last.4 AS destination_commune, units.district AS district, units.province AS province
FROM
(
    SELECT
        pass_id,
        argMax((subject, purpose, origin_commune, destination_commune), (event_time, logged_at, _partition, _offset)) AS last,
        max(valid_until) AS ends,
        countIf(valid_from <= moment AND moment < valid_until) > 0 AS is_valid,
        countIf(action = 'RENEWED') AS renewals
    FROM
    (
        SELECT *, maxIf(event_time, action = 'REVOKED') OVER (PARTITION BY pass_id) AS revoked_at
        FROM passes_effective
        WHERE event_time <= moment
    )
    WHERE action != 'REVOKED' AND event_time > revoked_at
    GROUP BY pass_id
) AS granted
LEFT ANY JOIN (SELECT commune, district, province FROM area_units WHERE level = 'COMMUNE') AS units
    ON units.commune = last.4
WHERE ends > moment AND ends <= moment + toIntervalHour({horizon:UInt32});

-- Scans at each checkpoint by the state of the pass shown (docs/passes.md), with event times from `from` to `to` (UTC, `to` not
-- included): `SELECT * FROM checkpoint_passes(from = '2021-07-31 17:00:00', to = '2021-08-01 17:00:00') WHERE expired > 0`. The state is what
-- the worker knew then. `expired_people` are counted once each, `expired_allowed` are scans with an expired pass that were let
-- through. Scans without a pass, or of one nobody told of, are in `without`.
CREATE OR REPLACE VIEW checkpoint_passes AS
SELECT
    scanned.place_id AS place_id, register.name AS place_name, district, province, scans, valid, expired, not_yet, revoked,
    without, expired_people, expired_allowed, round(expired / scans, 4) AS expired_share
FROM
(
    SELECT
        place_id, any(district) AS district, any(province) AS province, count() AS scans,
        countIf(pass_status = 'VALID') AS valid, countIf(pass_status = 'EXPIRED') AS expired,
        countIf(pass_status = 'NOT_YET') AS not_yet, countIf(pass_status = 'REVOKED') AS revoked,
        countIf(pass_status = 'NONE') AS without, uniqExactIf(subject, pass_status = 'EXPIRED') AS expired_people,
        countIf(pass_status = 'EXPIRED' AND decision IN ('ALLOW', 'WAVED')) AS expired_allowed
    FROM scans_in_force
    WHERE feed = 'checkpoint'
        AND event_time >= {from:DateTime64(3, 'UTC')} AND event_time < {to:DateTime64(3, 'UTC')}
        AND logged_at >= {from:DateTime64(3, 'UTC')} - toIntervalDay(1)
    GROUP BY place_id
) AS scanned
LEFT ANY JOIN (SELECT place_id, name FROM places FINAL) AS register ON register.place_id = scanned.place_id;

-- Whose update of a day (in Vietnam) counts for which lockdown, a row each, by the rule of `update_compliance`: whoever submitted one
-- and names the lockdown, or one within it, or a commune of it: `SELECT * FROM lockdown_updates(day = '2021-08-01')`.
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
            heard.subject AS subject, morning, afternoon,
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
SELECT DISTINCT lockdown_id, subject, morning, afternoon
FROM
(
    SELECT
        lockdown_id,
        arrayJoin(if(level = 0, [hex(lockdown_id)],
            [hex(lockdown_id), concat(toString(level), ' ', toString(area_code))])) AS area
    FROM locked
) AS keyed
INNER JOIN placed USING (area);

-- Daily health updates due on a day (in Vietnam), received and missing: isolated people by site, commune and who manages them, and
-- each locked-down area: `SELECT * FROM missing_daily_updates(day = '2021-08-01') ORDER BY missing DESC`. `morning` and
-- `afternoon` are people who submitted one for that slot, `whole_day` those whose updates name none. The people missing are
-- told apart by how long they are silent: `streak_1` to `streak_3` (3 days or more) and the `longest_streak` (days). Of areas it is not
-- known whose updates are due, so they have none. `updates_missing` has the isolated people themselves.
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
    LEFT ANY JOIN (SELECT * FROM updates_received(day = {day:Date})) AS heard ON heard.subject = due.subject
    LEFT ANY JOIN (SELECT subject, streak FROM updates_missing(day = {day:Date})) AS silent ON silent.subject = due.subject
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
