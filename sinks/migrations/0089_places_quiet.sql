-- Registered places that were active, or whose poster was put up, `days` before `now` (UTC) or earlier and have had no scan since; closed ones
-- are left out. `last_active` is that last moment, if it is in the last 31 days.
-- Only of those without a scan in these days is it looked up when the last one was: the order of `scans` begins with the place.
-- `SELECT * FROM places_quiet(now = '2021-08-04 05:00:00', days = 3)`.
CREATE OR REPLACE VIEW places_quiet AS
WITH
    {now:DateTime64(3, 'UTC')} - toIntervalDay({days:UInt16}) AS quiet_from,
    quiet AS
    (
        SELECT place_id, commune_code FROM places FINAL
        WHERE place_id NOT IN
        (
            SELECT place_id FROM scans_effective
            WHERE verdict = 'ACCEPTED' AND logged_at >= quiet_from - toIntervalHour(1) AND event_time > quiet_from
        )
    )
SELECT place_id, commune_code AS commune, last_active
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
    );
