-- Places of confirmed cases on each day of their infectious time (view `cases_confirmed`), by Vietnam's days; the evidence is the first
-- scan there that day. A person's scans are those under any of their documents.
-- Scans are read as far back as a case that is new or has changed needs it, else only those that came since.
WITH
    theirs AS
    (
        SELECT confirmed.case_id AS case_id, documents.subject AS document, told, begins, ends
        FROM cases_confirmed(now = {now:DateTime64(3, 'UTC')}) AS confirmed
        INNER JOIN case_subjects AS documents ON documents.told_of = confirmed.subject
    ),
    (
        SELECT min(if(told >= {since:DateTime64(3, 'UTC')}, begins, {since:DateTime64(3, 'UTC')}))
        FROM cases_confirmed(now = {now:DateTime64(3, 'UTC')})
    ) AS read_from
SELECT
    concat(hex(case_id), ':', toString(place_id), ':', toString(toDate(day, 'Asia/Ho_Chi_Minh'))) AS dedupe_key,
    day AS event_time,
    place_id,
    any(commune) AS area_code,
    argMin(scan_id, (scanned_at, scan_id)) AS evidence,
    count() AS measure
FROM
(
    SELECT
        case_id,
        place_id,
        commune,
        scan_id,
        event_time AS scanned_at,
        toDateTime64(toStartOfDay(event_time, 'Asia/Ho_Chi_Minh'), 3, 'UTC') AS day
    FROM scans_effective
    INNER JOIN theirs ON theirs.document = scans_effective.subject
    WHERE verdict = 'ACCEPTED'
        AND subject IN (SELECT subject FROM case_subjects)
        AND logged_at >= read_from - toIntervalHour(1)
        AND event_time >= begins
        AND event_time < ends
        AND (logged_at >= {since:DateTime64(3, 'UTC')} OR told >= {since:DateTime64(3, 'UTC')})
)
GROUP BY case_id, place_id, day
