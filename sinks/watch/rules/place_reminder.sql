-- Places that are still dormant the days after `place_dormant` told of them: a reminder on the fourth, fifth and sixth day, and on the
-- seventh it goes to the department that manages the place. Of reminders that were due while nobody asked, only the last.
WITH toUInt8(least(7, intDiv(dateDiff('millisecond', last_active, {now:DateTime64(3, 'UTC')}), 86400000)) - 3) AS reminder
SELECT
    concat(toString(place_id), ':', toString(toUnixTimestamp64Milli(last_active)), ':', toString(reminder)) AS dedupe_key,
    last_active + toIntervalDay(3 + reminder) AS event_time,
    place_id,
    commune AS area_code,
    3 + reminder AS measure,
    if(reminder = 4, 'CRITICAL', 'WARNING') AS severity,
    if(reminder = 4, 'SECTOR_DEPARTMENT', 'PLACE_OWNER') AS role
FROM places_quiet(now = {now:DateTime64(3, 'UTC')}, days = 4)
