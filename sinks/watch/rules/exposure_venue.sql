-- Places of confirmed cases on each day of their infectious time, by Vietnam's days; the evidence is the first scan there
-- that day. What is not known of the time: it begins two days before the onset, or before the case was told of, and lasts.
-- Scans are read as far back as a case that is new or has changed needs it, else only those that came since.
-- A person's scans are those under any of their documents.
WITH
    confirmed AS
    (
        SELECT
            case_id,
            last.1 AS person,
            told,
            multiIf(
                toUnixTimestamp64Milli(last.3) > 0, last.3,
                toUnixTimestamp64Milli(last.2) > 0, last.2 - toIntervalDay(2),
                last.5 - toIntervalDay(2)) AS begins,
            if(toUnixTimestamp64Milli(last.4) > 0, last.4, {now:DateTime64(3, 'UTC')}) AS ends
        FROM
        (
            SELECT
                case_id,
                max(logged_at) AS told,
                argMax(
                    (subject, onset, infectious_from, infectious_until, event_time, status), (event_time, event_id)
                ) AS last
            FROM cases_effective
            WHERE logged_at >= {now:DateTime64(3, 'UTC')} - toIntervalDay(28)
            GROUP BY case_id
        )
        WHERE last.6 = 'CONFIRMED'
    ),
    theirs AS
    (
        SELECT case_id, case_subjects.subject AS document, told, begins, ends
        FROM confirmed INNER JOIN case_subjects ON case_subjects.told_of = confirmed.person
    ),
    (
        SELECT min(if(told >= {since:DateTime64(3, 'UTC')}, begins, {since:DateTime64(3, 'UTC')})) FROM confirmed
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
