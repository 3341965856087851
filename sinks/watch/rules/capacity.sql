-- Places that hold 80 % or 100 % of what they may, once an hour for each. Somebody is where they were last scanned in, unless
-- they were scanned anywhere since, or longer ago than people stay in places of that category. Linked documents are one person's;
-- the last scan of each document is found first, as links are looked up for these only.
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
            FROM
            (
                SELECT subject, argMax((place_id, direction, event_time, scan_id), (event_time, scan_id)) AS last_shown
                FROM scans_effective
                WHERE verdict = 'ACCEPTED'
                    AND logged_at >= {now:DateTime64(3, 'UTC')} - toIntervalDay(1)
                    AND event_time > {now:DateTime64(3, 'UTC')} - toIntervalDay(1)
                    AND event_time <= {now:DateTime64(3, 'UTC')}
                    AND (direction IN ('IN', 'OUT') OR feed = 'checkpoint')
                GROUP BY subject
            ) AS documents
            LEFT ANY JOIN (SELECT subject AS part, person AS whole FROM people) AS linked ON linked.part = documents.subject
            GROUP BY if(linked.whole = toFixedString('', 16), documents.subject, linked.whole)
        )
    ) AS people_seen
    INNER JOIN
    (
        SELECT place_id, commune_code AS commune, capacity AS most, stay_minutes
        FROM places FINAL
        INNER JOIN (SELECT category, stay_minutes FROM default_stays FINAL) AS stays USING (category)
        WHERE capacity > 0
    ) AS limited USING (place_id)
    WHERE way = 'IN' AND seen_at + toIntervalMinute(stay_minutes) > {now:DateTime64(3, 'UTC')}
    GROUP BY place_id
    HAVING people * 5 >= any(most) * 4
)
