-- Scans outside a locked-down area by people whose last health update before it was for that lockdown. Hospitals, health
-- facilities and isolation sites are no exit: people are brought there. Of a hamlet only the commune is known. Linked documents are one
-- person's.
WITH RECURSIVE
    closed AS
    (
        SELECT
            lockdown_id,
            last.1 AS level,
            last.2 AS area,
            last.3 AS begins,
            multiIf(
                toUnixTimestamp64Milli(last.4) > 0, last.4,
                last.5 = 'ENDED', last.6,
                toDateTime64('2299-01-01', 3, 'UTC')) AS ends
        FROM
        (
            SELECT
                lockdown_id,
                argMax(
                    (level, area_code, valid_from, valid_until, action, event_time), (event_time, event_id)
                ) AS last
            FROM lockdowns_effective
            GROUP BY lockdown_id
        )
        WHERE ends > {since:DateTime64(3, 'UTC')} - toIntervalDay(3)
    ),
@include linked: SELECT subject FROM health_updates_effective WHERE logged_at >= {now:DateTime64(3, 'UTC')} - toIntervalDay(28) AND scope = 'LOCKDOWN' AND assignment_id IN (SELECT lockdown_id FROM closed)
    ,
    documents AS (SELECT DISTINCT person, subject AS document FROM linked),
    told AS
    (
        SELECT person, event_time AS reported_at, scope, assignment_id
        FROM health_updates_effective AS updates
        INNER JOIN documents ON documents.document = updates.subject
        WHERE logged_at >= {now:DateTime64(3, 'UTC')} - toIntervalDay(28)
    ),
    scanned AS
    (
        SELECT person, subject, event_time, scan_id, place_id, commune, district, province
        FROM scans_effective AS scans
        INNER JOIN documents ON documents.document = scans.subject
        WHERE verdict = 'ACCEPTED'
            AND logged_at >= {since:DateTime64(3, 'UTC')}
            AND subject IN (SELECT document FROM documents)
            AND commune > 0
            AND category NOT IN ('HOSPITAL', 'HEALTH_FACILITY', 'ISOLATION_SITE')
    )
SELECT
    hex(scan_id) AS dedupe_key,
    subject,
    event_time,
    scan_id AS evidence,
    place_id,
    area AS area_code
FROM
(
    SELECT scanned.*, scope, assignment_id
    FROM scanned
    ASOF INNER JOIN told ON told.person = scanned.person AND scanned.event_time >= told.reported_at
) AS moved
INNER JOIN closed ON closed.lockdown_id = moved.assignment_id
WHERE scope = 'LOCKDOWN'
    AND event_time >= begins
    AND event_time < ends
    AND area != multiIf(level = 'PROVINCE', toUInt16(province), level = 'DISTRICT', district, commune)
