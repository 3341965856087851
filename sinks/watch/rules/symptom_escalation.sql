-- Reports with fever, or with more symptoms than the same person's report before it; no report before means no symptoms.
-- Fever is symptom 1 or a temperature of 37.5 degrees. Short breath (symptom 4) makes it critical. A person's reports are those under
-- any of their documents, as far as four links lead from the one that tells of symptoms now.
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
    reached AS
    (
        SELECT DISTINCT subject AS told_of, subject AS document, toUInt8(0) AS steps FROM told
        WHERE logged_at >= {since:DateTime64(3, 'UTC')} AND (symptoms > 0 OR fever)
        UNION ALL
        SELECT reached.told_of AS told_of, linked.two AS document, toUInt8(reached.steps + 1) AS steps
        FROM
        (
            SELECT
                arrayJoin([(subject, other), (other, subject)]) AS pair,
                pair.1 AS one, pair.2 AS two, link_action, event_time, event_id
            FROM identity_links
            WHERE verdict = 'ACCEPTED' AND subject != other
        ) AS linked
        INNER JOIN reached ON reached.document = linked.one
        WHERE reached.steps < 4
        GROUP BY reached.told_of, linked.one, linked.two, reached.steps
        HAVING argMax(linked.link_action, (linked.event_time, linked.event_id)) = 'LINK'
    )
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
            PARTITION BY told_of ORDER BY event_time, event_id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW
        ) AS symptoms_before
    FROM told
    INNER JOIN (SELECT DISTINCT told_of, document FROM reached) AS theirs ON theirs.document = told.subject
)
WHERE logged_at >= {since:DateTime64(3, 'UTC')} AND (fever OR bitCount(symptoms) > symptoms_before)
