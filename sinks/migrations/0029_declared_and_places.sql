-- The declaration that counts of each person, kind and day (in Vietnam): the one made last.
CREATE OR REPLACE VIEW declarations_latest AS
SELECT *, toDate(event_time, 'Asia/Ho_Chi_Minh') AS day
FROM declarations_effective
ORDER BY event_time DESC, logged_at DESC, _partition DESC, _offset DESC
LIMIT 1 BY subject, kind, day;

-- Scans that stand, with the person's latest declaration of the 24 hours before, if there is one (`is_declared`): when, kind,
-- symptoms and exposure. A declaration that comes late or is withdrawn changes the answer.
CREATE OR REPLACE VIEW scans_declared AS
SELECT
    scanned.*,
    declared.declared_time > scanned.event_time - toIntervalHour(24) AS is_declared,
    if(is_declared, declared.declared_time, NULL) AS declared_at,
    if(is_declared, declared.kind, NULL) AS declared_kind,
    if(is_declared, declared.symptoms, 0) AS symptoms,
    if(is_declared, declared.exposure, 0) AS exposure
FROM scans_effective AS scanned
ASOF LEFT JOIN
(
    SELECT subject AS person, event_time AS declared_time, kind, symptoms, exposure
    FROM declarations_effective
    ORDER BY logged_at DESC, _partition DESC, _offset DESC
    LIMIT 1 BY person, declared_time
) AS declared ON declared.person = scanned.subject AND declared.declared_time <= scanned.event_time;

-- Where each place is in its life at a moment (UTC): `SELECT * FROM place_lifecycle(at = '2021-08-01 10:00:00', days = 3)`. CLOSED
-- until it is reopened; ACTIVE with an accepted scan in the last `days`; DORMANT if its QR hung or it was active before and
-- nobody scanned for as long; else how far it has got: QR_POSTED, QR_ISSUED, REGISTERED. Places are those of the register
-- and those with an event by then. `reminders` counts those since the last scan, `scanned_closed` tells of scans after
-- the end.
CREATE OR REPLACE VIEW place_lifecycle AS
WITH
    toDateTime64(0, 3, 'UTC') AS never,
    {at:DateTime64(3, 'UTC')} - toIntervalDay({days:UInt16}) AS since,
    steps AS
    (
        SELECT
            place_id,
            maxIf(event_time, action = 'REGISTERED') AS registered_at,
            maxIf(event_time, action = 'QR_ISSUED') AS issued_at,
            maxIf(event_time, action = 'QR_POSTED') AS posted_at,
            maxIf(event_time, action = 'CLOSED') AS closed_at,
            maxIf(event_time, action = 'REOPENED') AS reopened_at,
            groupArrayIf(event_time, action = 'REMINDED') AS reminded
        FROM place_events_effective
        WHERE event_time <= {at:DateTime64(3, 'UTC')}
        GROUP BY place_id
    ),
    register AS
    (
        SELECT place_id, name, category::String AS category, department::String AS department, commune_code AS commune
        FROM places FINAL
        UNION ALL
        SELECT place_id, '', 'UNKNOWN', 'UNKNOWN', 0 FROM steps WHERE place_id NOT IN (SELECT place_id FROM places)
    ),
    scanned AS
    (
        SELECT place_id, max(event_time) AS last_scan
        FROM scans_effective
        WHERE verdict = 'ACCEPTED' AND event_time <= {at:DateTime64(3, 'UTC')}
        GROUP BY place_id
    )
SELECT
    register.place_id AS place_id, name, category, department, commune,
    CAST(
        multiIf(
            closed_at > reopened_at, 'CLOSED',
            scanned.last_scan > since, 'ACTIVE',
            greatest(posted_at, scanned.last_scan) > since, 'QR_POSTED',
            greatest(posted_at, scanned.last_scan) > never, 'DORMANT',
            issued_at > never, 'QR_ISSUED',
            'REGISTERED'),
        'Enum8(\'REGISTERED\' = 0, \'QR_ISSUED\' = 1, \'QR_POSTED\' = 2, \'ACTIVE\' = 3, \'DORMANT\' = 4, \'CLOSED\' = 5)'
    ) AS state,
    nullIf(registered_at, never) AS registered, nullIf(issued_at, never) AS qr_issued, nullIf(posted_at, never) AS qr_posted,
    nullIf(scanned.last_scan, never) AS last_scan, if(state = 'CLOSED', closed_at, NULL) AS closed,
    toUInt32(arrayCount(time -> time > scanned.last_scan, reminded)) AS reminders,
    state = 'CLOSED' AND scanned.last_scan > closed_at AS scanned_closed
FROM register
LEFT JOIN steps ON steps.place_id = register.place_id
LEFT JOIN scanned ON scanned.place_id = register.place_id;

-- The latest assessment of each place's safety. The limits are ours, as no order sets any: SAFE from 80 percent of the criteria,
-- FAIR from 50, else UNSAFE.
CREATE OR REPLACE VIEW safety_levels AS
SELECT
    place_id, category, department, commune, district, province, safety_score,
    CAST(multiIf(safety_score >= 80, 'SAFE', safety_score >= 50, 'FAIR', 'UNSAFE'),
        'Enum8(\'UNSAFE\' = 0, \'FAIR\' = 1, \'SAFE\' = 2)') AS safety_level,
    event_time AS assessed, decision_ref
FROM place_events_effective
WHERE action = 'SAFETY_ASSESSED'
ORDER BY event_time DESC, logged_at DESC, _partition DESC, _offset DESC
LIMIT 1 BY place_id;
