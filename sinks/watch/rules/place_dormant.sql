-- Places without a scan for three days (view `places_quiet`).
SELECT
    concat(toString(place_id), ':', toString(toUnixTimestamp64Milli(last_active))) AS dedupe_key,
    last_active + toIntervalDay(3) AS event_time,
    place_id,
    commune AS area_code,
    3 AS measure
FROM places_quiet(now = {now:DateTime64(3, 'UTC')}, days = 3)
