-- Where a confirmed case was in the infectious time looks different now: a scan that came late, after the case was told of (`measure`
-- 1), or one that was withdrawn or replaced since (-1). For whoever traces the contacts. Scans that come on time are no news.
WITH
    theirs AS
    (
        SELECT
            confirmed.case_id AS case_id, confirmed.subject AS person, documents.subject AS document, first_told, begins, ends
        FROM cases_confirmed(now = {now:DateTime64(3, 'UTC')}) AS confirmed
        INNER JOIN case_subjects AS documents ON documents.told_of = confirmed.subject
    ),
    (
        SELECT min(begins) FROM cases_confirmed(now = {now:DateTime64(3, 'UTC')})
        WHERE (SELECT count() FROM corrections_standing WHERE logged_at >= {since:DateTime64(3, 'UTC')}) > 0
    ) AS corrected_from
SELECT
    concat(hex(case_id), ':', hex(told_by)) AS dedupe_key,
    told_at AS event_time,
    person AS subject,
    place_id,
    commune AS area_code,
    scan_id AS evidence,
    measure
FROM
(
    SELECT
        case_id, person, scan_id AS told_by, logged_at AS told_at, place_id, commune, scan_id, 1 AS measure
    FROM scans_effective
    INNER JOIN theirs ON theirs.document = scans_effective.subject
    WHERE verdict = 'ACCEPTED'
        AND subject IN (SELECT subject FROM case_subjects)
        AND logged_at >= {since:DateTime64(3, 'UTC')}
        AND logged_at > first_told
        AND lateness != 'ON_TIME'
        AND event_time >= begins
        AND event_time < ends
    UNION ALL
    SELECT
        case_id, person, taken_back.event_id, taken_back.logged_at, place_id, commune, scan_id, -1
    FROM scans
    INNER JOIN
    (
        SELECT corrects, event_id, logged_at FROM corrections_effective
        WHERE logged_at >= {since:DateTime64(3, 'UTC')}
    ) AS taken_back ON taken_back.corrects = scans.scan_id
    INNER JOIN theirs ON theirs.document = scans.subject
    WHERE verdict = 'ACCEPTED'
        AND subject IN (SELECT subject FROM case_subjects)
        AND scans.logged_at >= corrected_from - toIntervalHour(1)
        AND toUnixTimestamp64Milli(corrected_from) > 0
        AND taken_back.logged_at > first_told
        AND event_time >= begins
        AND event_time < ends
)
