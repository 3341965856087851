-- Devices that were heard of today and then not for an hour between 7 and 19 o'clock. The clock is that of what has landed: when
-- nothing lands, that is not the devices' fault.
SELECT
    concat(toString(about_device), ':', toString(toUnixTimestamp64Milli(last_heard))) AS dedupe_key,
    last_heard + toIntervalHour(1) AS event_time,
    place_id,
    device_id AS about_device,
    60 AS measure
FROM
(
    SELECT device_id, max(logged_at) AS last_heard, max(last_heard) OVER () AS newest
    FROM
    (
        SELECT device_id, logged_at FROM scans
        WHERE logged_at >= toStartOfDay({now:DateTime64(3, 'UTC')}, 'Asia/Ho_Chi_Minh')
        UNION ALL
        SELECT device_id, logged_at FROM heartbeats
        WHERE logged_at >= toStartOfDay({now:DateTime64(3, 'UTC')}, 'Asia/Ho_Chi_Minh')
    )
    GROUP BY device_id
) AS heard
INNER JOIN (SELECT device_id, place_id FROM devices FINAL WHERE NOT revoked) AS working USING (device_id)
WHERE event_time <= newest AND toHour(event_time, 'Asia/Ho_Chi_Minh') BETWEEN 7 AND 18
