-- Daily reports that had not been made 30, 10 and 0 minutes before 17:00 in Vietnam, of today and yesterday, of provinces that had
-- registered places by then. One made later, or restated, makes no difference: it was late.
WITH
    toDate({now:DateTime64(3, 'UTC')}, 'Asia/Ho_Chi_Minh') AS today,
    wanted AS
    (
        SELECT units.province AS province, min(updated_at) AS since
        FROM place_states AS states
        INNER JOIN (SELECT commune, province FROM admin_units FINAL) AS units ON units.commune = states.commune_code
        GROUP BY province
    ),
    made AS
    (
        SELECT province, day, min(made_at) AS first_made
        FROM daily_reports FINAL
        WHERE day >= today - 1
        GROUP BY province, day
    )
SELECT
    concat(toString(wanted.province), ':', toString(wanted_day), ':', toString(minutes)) AS dedupe_key,
    toDateTime64(wanted_day, 3, 'UTC') + toIntervalHour(10) - toIntervalMinute(minutes) AS event_time,
    wanted.province AS area_code,
    minutes AS measure,
    if(minutes > 10, 'WARNING', 'CRITICAL') AS severity
FROM (SELECT *, arrayJoin([today - 1, today]) AS wanted_day, arrayJoin([30, 10, 0]) AS minutes FROM wanted) AS wanted
LEFT JOIN made ON made.province = wanted.province AND made.day = wanted_day
WHERE wanted.since < event_time
    AND event_time <= {now:DateTime64(3, 'UTC')}
    AND (toUnixTimestamp64Milli(first_made) = 0 OR first_made > event_time)
