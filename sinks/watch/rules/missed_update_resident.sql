-- Residents of locked-down areas who reported from there before, and whose health update of yesterday is missing; asked from six in
-- the morning, as for the isolated. Of residents who never reported it is not known who they are.
WITH toDateTime64(toStartOfDay({now:DateTime64(3, 'UTC')}, 'Asia/Ho_Chi_Minh'), 3, 'UTC') AS today
SELECT
    concat(hex(subject), ':', toString(toDate({now:DateTime64(3, 'UTC')}, 'Asia/Ho_Chi_Minh') - 1)) AS dedupe_key,
    subject,
    today AS event_time,
    area_code,
    streak AS measure,
    if(streak >= 2, 'CRITICAL', 'WARNING') AS severity
FROM residents_missing(day = toDate({now:DateTime64(3, 'UTC')}, 'Asia/Ho_Chi_Minh') - 1)
WHERE toHour({now:DateTime64(3, 'UTC')}, 'Asia/Ho_Chi_Minh') >= 6
