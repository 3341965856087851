-- What was known of the person at a checkpoint scan, as of its event time; NONE and UNCHECKED in other feeds.
ALTER TABLE scans
    ADD COLUMN IF NOT EXISTS pass_status Enum8('NONE' = 0, 'VALID' = 1, 'EXPIRED' = 2, 'NOT_YET' = 3, 'REVOKED' = 4),
    ADD COLUMN IF NOT EXISTS identity_match Enum8('UNCHECKED' = 0, 'MATCHED' = 1, 'MISMATCH' = 2, 'NOT_FOUND' = 3);

-- The view of 0004 again: a view's columns are those there were when it was made.
CREATE OR REPLACE VIEW scans_enriched AS
SELECT
    scans.*,
    places.name AS place_name,
    units.commune_name AS commune_name,
    units.district_name AS district_name,
    units.province_name AS province_name
FROM scans
LEFT ANY JOIN (SELECT place_id AS id, name FROM places FINAL) AS places ON places.id = scans.place_id
LEFT ANY JOIN
(
    SELECT commune AS code, commune_name, district_name, province_name FROM admin_units FINAL
) AS units ON units.code = scans.commune;

-- Passes as they are now: what was told of each last, and its state by the worker's rules (docs/passes.md): what was granted
-- before a pass was revoked, or at that moment, counts no more; of what was granted since, the best does.
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
    FROM passes
    WHERE verdict = 'ACCEPTED'
) AS told
GROUP BY pass_id;

-- When checkpoints let people pass unscanned: from the first STARTED to the first ENDED after it. `ended` is NULL while it
-- lasts. An ENDED that nothing began says nothing of when it began, and is left out.
CREATE OR REPLACE VIEW wave_through_periods AS
SELECT place_id, started, ended, reason, estimated_people
FROM
(
    SELECT
        place_id,
        action,
        event_time AS started,
        reason,
        leadInFrame(toNullable(event_time)) OVER later AS ended,
        leadInFrame(estimated_people) OVER later AS estimated_people
    FROM
    (
        SELECT
            place_id, action, event_time, reason, estimated_people,
            lagInFrame(toNullable(action)) OVER (
                PARTITION BY place_id ORDER BY event_time, action ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            ) AS before
        FROM wave_throughs
        WHERE verdict = 'ACCEPTED'
    )
    WHERE before IS NULL OR action != before
    WINDOW later AS (
        PARTITION BY place_id ORDER BY event_time, action ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )
)
WHERE action = 'STARTED';

-- Each registered checkpoint and hour that touches the time from `from` to `to` (UTC, `to` not included), with its accepted
-- scans and the minutes people were let pass unscanned: `SELECT * FROM checkpoint_hours(from = '2021-08-01 00:00:00',
-- to = '2021-08-02 00:00:00')`. `missing` tells of an hour without scans whether that is EXPLAINED; it is NO where scans are.
CREATE OR REPLACE VIEW checkpoint_hours AS
WITH
    toStartOfHour({from:DateTime('UTC')}) AS first_hour,
    hours AS
    (
        SELECT arrayJoin(
            arrayMap(hour -> first_hour + hour * 3600, range(toUInt32(ceil(({to:DateTime('UTC')} - first_hour) / 3600))))
        ) AS hour
    ),
    scanned AS
    (
        SELECT place_id AS place, toStartOfHour(event_time) AS hour, count() AS scans
        FROM scans
        WHERE feed = 'checkpoint' AND verdict = 'ACCEPTED'
            AND event_time >= first_hour AND event_time < {to:DateTime('UTC')} + 3600
            AND logged_at >= first_hour - 300
        GROUP BY place, hour
    ),
    waved AS
    (
        SELECT
            place_id AS place,
            hour,
            sum(least(hour + 3600, ifNull(ended, now64(3, 'UTC'))) - greatest(hour, started)) / 60 AS waved_minutes
        FROM wave_through_periods
        CROSS JOIN hours
        WHERE started < hour + 3600 AND ifNull(ended, now64(3, 'UTC')) > hour
        GROUP BY place, hour
    )
SELECT
    checkpoints.place_id AS place_id,
    checkpoints.name AS place_name,
    hours.hour AS hour,
    scanned.scans AS scans,
    waved.waved_minutes AS waved_minutes,
    multiIf(scans > 0, 'NO', waved_minutes > 0, 'EXPLAINED', 'UNEXPLAINED') AS missing
FROM (SELECT place_id, name FROM places FINAL WHERE category = 'CHECKPOINT') AS checkpoints
CROSS JOIN hours
LEFT JOIN scanned ON scanned.place = checkpoints.place_id AND scanned.hour = hours.hour
LEFT JOIN waved ON waved.place = checkpoints.place_id AND waved.hour = hours.hour;
