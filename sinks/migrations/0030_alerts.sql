-- Matters of the last 28 days: alerts of one type about one person, place, device or area. What is told of a matter is
-- what its last alert says.
CREATE OR REPLACE VIEW alerts_open AS
SELECT
    type,
    subject,
    min(alerts.event_time) AS first_seen,
    max(alerts.event_time) AS last_seen,
    count() AS times,
    argMax(alerts.severity, (alerts.event_time, alerts.event_id)) AS severity,
    argMax(alerts.role, (alerts.event_time, alerts.event_id)) AS role,
    argMax(alerts.place_id, (alerts.event_time, alerts.event_id)) AS place_id,
    argMax(alerts.about_device, (alerts.event_time, alerts.event_id)) AS about_device,
    argMax(alerts.area_code, (alerts.event_time, alerts.event_id)) AS area_code,
    argMax(alerts.measure, (alerts.event_time, alerts.event_id)) AS measure,
    argMax(alerts.evidence, (alerts.event_time, alerts.event_id)) AS evidence,
    argMax(alerts.detail, (alerts.event_time, alerts.event_id)) AS detail
FROM alerts
WHERE alerts.event_time > now64(3, 'UTC') - toIntervalDay(28)
GROUP BY type, subject;
