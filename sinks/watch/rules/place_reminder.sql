-- Places that are still dormant the days after `place_dormant` told of them: a reminder on the fourth, fifth and sixth day, and on the
-- seventh it goes to the department that manages the place. Of reminders that were due while nobody asked, only the last.
WITH
    {now:DateTime64(3, 'UTC')} - toIntervalDay(4) AS quiet_from,
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
    concat(toString(place_id), ':', toString(toUnixTimestamp64Milli(last_active)), ':', toString(reminder)) AS dedupe_key,
    last_active + toIntervalDay(3 + reminder) AS event_time,
    place_id,
    commune_code AS area_code,
    3 + reminder AS measure,
    if(reminder = 4, 'CRITICAL', 'WARNING') AS severity,
    if(reminder = 4, 'SECTOR_DEPARTMENT', 'PLACE_OWNER') AS role
FROM
(
    SELECT
        place_id,
        max(moment) AS last_active,
        toUInt8(least(7, intDiv(dateDiff('millisecond', last_active, {now:DateTime64(3, 'UTC')}), 86400000)) - 3) AS reminder
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
