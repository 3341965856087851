-- How late what landed is, by day it happened (in Vietnam), feed, way it was entered and app. Paper and assisted entries
-- (`is_entered`) are days late by nature; apart from them, lateness tells of devices. `late_hours` are quantiles (median, 95 %) of
-- the time from the event to Kafka, in hours. Re-scans count, too: they were sent as well.
CREATE OR REPLACE VIEW lateness_by_capture AS
SELECT
    toDate(event_time, 'Asia/Ho_Chi_Minh') AS day,
    source,
    capture_mode,
    capture_mode IN ('ASSISTED', 'PAPER') AS is_entered,
    source_app,
    count() AS events,
    countIf(lateness = 'ON_TIME') AS on_time,
    countIf(lateness = 'LATE') AS late,
    countIf(lateness = 'VERY_LATE') AS very_late,
    quantiles(0.5, 0.95)(greatest(0, toUnixTimestamp64Milli(logged_at) - toUnixTimestamp64Milli(event_time)) / 3600000) AS late_hours
FROM
(
    SELECT event_time, logged_at, lateness, capture_mode, source_app, feed::String AS source FROM scans
    UNION ALL
    SELECT event_time, logged_at, lateness, capture_mode, source_app, feed::String AS source FROM declarations
    UNION ALL
    SELECT event_time, logged_at, lateness, capture_mode, source_app, feed::String AS source FROM health_updates
    UNION ALL
    SELECT event_time, logged_at, lateness, capture_mode, source_app, feed::String AS source FROM passes
)
GROUP BY day, source, capture_mode, source_app;
