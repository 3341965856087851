-- Registered places that were active, or whose poster was put up, three days ago or earlier and have had no scan since.
-- Only of those without a scan in three days is it looked up when the last one was: the order of `scans` begins with the place.
WITH
    {now:DateTime64(3, 'UTC')} - toIntervalDay(3) AS quiet_from,
    quiet AS
    (
        SELECT place_id, commune_code FROM places FINAL
        WHERE place_id NOT IN
        (
            SELECT place_id FROM scans_effective
            WHERE verdict = 'ACCEPTED' AND logged_at >= quiet_from - toIntervalHour(1) AND event_time > quiet_from
        )
    )
SELECT
    concat(toString(place_id), ':', toString(toUnixTimestamp64Milli(last_active))) AS dedupe_key,
    last_active + toIntervalDay(3) AS event_time,
    place_id,
    commune_code AS area_code,
    3 AS measure
FROM
(
    SELECT place_id, max(moment) AS last_active
    FROM
    (
        SELECT place_id, event_time AS moment FROM scans_effective
        WHERE verdict = 'ACCEPTED'
            AND place_id IN (SELECT place_id FROM quiet)
            AND logged_at >= {now:DateTime64(3, 'UTC')} - toIntervalDay(31)
        UNION ALL
        SELECT place_id, event_time AS moment FROM place_events_effective
        WHERE action IN ('QR_POSTED', 'REOPENED') AND place_id IN (SELECT place_id FROM quiet)
    )
    GROUP BY place_id
) AS activity
INNER JOIN quiet USING (place_id)
WHERE last_active <= quiet_from
    AND place_id NOT IN
    (
        SELECT place_id FROM place_events_effective WHERE action IN ('CLOSED', 'REOPENED')
        GROUP BY place_id
        HAVING argMax(action, (event_time, event_id)) = 'CLOSED'
    )
