-- Reports with fever, or with more symptoms than the same person's report before it; no report before means no symptoms.
-- Fever is symptom 1 or a temperature of 37.5 degrees. Short breath (symptom 4) makes it critical. A person's reports are those under
-- any of their documents.
WITH RECURSIVE
    told AS
    (
        SELECT
            subject, event_time, event_id, logged_at, commune_code, symptoms, bitTest(symptoms, 0) AS fever,
            'COMMUNE' AS role
        FROM declarations_effective
        WHERE logged_at >= {now:DateTime64(3, 'UTC')} - toIntervalDay(28)
        UNION ALL
        SELECT
            subject, event_time, event_id, logged_at, commune_code, symptoms,
            bitTest(symptoms, 0) OR temperature_c10 >= 375 AS fever, 'ISOLATION_MANAGER' AS role
        FROM health_updates_effective
        WHERE logged_at >= {now:DateTime64(3, 'UTC')} - toIntervalDay(28) AND status = 'SUBMITTED'
    ),
@include linked: SELECT subject FROM told WHERE logged_at >= {since:DateTime64(3, 'UTC')} AND (symptoms > 0 OR fever)
SELECT
    hex(event_id) AS dedupe_key,
    subject,
    event_time,
    event_id AS evidence,
    commune_code AS area_code,
    bitCount(symptoms) AS measure,
    if(bitTest(symptoms, 2), 'CRITICAL', 'WARNING') AS severity,
    role
FROM
(
    SELECT
        *,
        lagInFrame(bitCount(symptoms), 1, 0) OVER
        (
            PARTITION BY person ORDER BY event_time, event_id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW
        ) AS symptoms_before
    FROM told
    INNER JOIN (SELECT DISTINCT person, subject AS document FROM linked) AS theirs ON theirs.document = told.subject
)
WHERE logged_at >= {since:DateTime64(3, 'UTC')} AND (fever OR bitCount(symptoms) > symptoms_before)
