-- Places that hold 80 % or 100 % of what they may, once an hour for each. Somebody is where they were last scanned in, unless
-- they were scanned anywhere since, or longer ago than people stay in places of that category. Linked documents are one person's:
-- no place holds more people than documents, so links are looked up only for those last scanned into places that documents fill.
WITH RECURSIVE
    documents AS
    (
        SELECT subject, argMax((place_id, direction, event_time, scan_id), (event_time, scan_id)) AS last_shown
        FROM scans_effective
        WHERE verdict = 'ACCEPTED'
            AND logged_at >= {now:DateTime64(3, 'UTC')} - toIntervalDay(1)
            AND event_time > {now:DateTime64(3, 'UTC')} - toIntervalDay(1)
            AND event_time <= {now:DateTime64(3, 'UTC')}
            AND (direction IN ('IN', 'OUT') OR feed = 'checkpoint')
        GROUP BY subject
    ),
    limited AS
    (
        SELECT place_id, commune_code AS commune, capacity AS most, stay_minutes
        FROM places FINAL
        INNER JOIN (SELECT category, stay_minutes FROM default_stays FINAL) AS stays USING (category)
        WHERE capacity > 0
    ),
    shown AS
    (
        SELECT subject, most, count() OVER (PARTITION BY place_id) AS there
        FROM (SELECT subject, last_shown.1 AS place_id, last_shown.2 AS way, last_shown.3 AS seen_at FROM documents) AS seen
        INNER JOIN limited USING (place_id)
        WHERE way = 'IN' AND seen_at + toIntervalMinute(stay_minutes) > {now:DateTime64(3, 'UTC')}
    ),
@include linked: SELECT subject FROM shown WHERE there * 5 >= most * 4
SELECT
    concat(toString(place_id), if(full, ':100:', ':80:'), toString(toUnixTimestamp(event_time))) AS dedupe_key,
    toDateTime64(toStartOfHour({now:DateTime64(3, 'UTC')}), 3, 'UTC') AS event_time,
    place_id,
    commune_code AS area_code,
    people AS measure,
    if(full, 'CRITICAL', 'WARNING') AS severity
FROM
(
    SELECT place_id, any(commune) AS commune_code, count() AS people, people >= any(most) AS full
    FROM
    (
        SELECT last.1 AS place_id, last.2 AS way, last.3 AS seen_at
        FROM
        (
            SELECT argMax(last_shown, (last_shown.3, last_shown.4)) AS last
            FROM documents
            INNER JOIN (SELECT DISTINCT subject, person FROM linked) AS owners ON owners.subject = documents.subject
            GROUP BY owners.person
        )
    ) AS people_seen
    INNER JOIN limited USING (place_id)
    WHERE way = 'IN' AND seen_at + toIntervalMinute(stay_minutes) > {now:DateTime64(3, 'UTC')}
    GROUP BY place_id
    HAVING people * 5 >= any(most) * 4
)
