-- Places and days of an exposure (`exposure_venue` told of them) where scans of others came late, after that: contacts to look at again.
-- Once a place and day; `measure` counts these people, the evidence is the first such scan.
SELECT
    concat(toString(place_id), ':', toString(toDate(day, 'Asia/Ho_Chi_Minh')), ':contacts') AS dedupe_key,
    day AS event_time,
    place_id,
    any(commune) AS area_code,
    argMin(scan_id, (scans.event_time, scan_id)) AS evidence,
    uniqExact(person) AS measure
FROM
(
    SELECT scan_id, person, place_id, commune, event_time, logged_at,
        toDateTime64(toStartOfDay(event_time, 'Asia/Ho_Chi_Minh'), 3, 'UTC') AS day
    FROM scans_by_person
    WHERE verdict = 'ACCEPTED' AND logged_at >= {since:DateTime64(3, 'UTC')} AND lateness != 'ON_TIME'
        AND subject NOT IN (SELECT subject FROM case_subjects)
) AS scans
INNER JOIN
(
    SELECT place_id, event_time AS day, min(logged_at) AS exposed
    FROM alerts
    WHERE type = 'EXPOSURE_VENUE' AND event_time > {now:DateTime64(3, 'UTC')} - toIntervalDay(28)
    GROUP BY place_id, day
) AS exposures USING (place_id, day)
WHERE scans.logged_at > exposed
GROUP BY place_id, day
