-- Isolated people whose health update of yesterday is missing, asked from six in the morning: what devices kept while they were
-- offline has come by then. Of locked-down areas it is known how many reports are due, not whose.
WITH toDateTime64(toStartOfDay({now:DateTime64(3, 'UTC')}, 'Asia/Ho_Chi_Minh'), 3, 'UTC') AS today
SELECT
    concat(hex(subject), ':', toString(toDate({now:DateTime64(3, 'UTC')}, 'Asia/Ho_Chi_Minh') - 1)) AS dedupe_key,
    subject,
    today AS event_time,
    site_id AS place_id,
    commune AS area_code,
    streak AS measure,
    if(streak >= 2, 'CRITICAL', 'WARNING') AS severity
FROM updates_missing(day = toDate({now:DateTime64(3, 'UTC')}, 'Asia/Ho_Chi_Minh') - 1)
WHERE toHour({now:DateTime64(3, 'UTC')}, 'Asia/Ho_Chi_Minh') >= 6
