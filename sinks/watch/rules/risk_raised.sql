-- Decisions that raise the risk level of an area above that of the decision before, by when they hold; before the first, and
-- after one that has ended, the level is 1. All decisions are read: there are a few for each area.
SELECT
    hex(event_id) AS dedupe_key,
    event_time,
    event_id AS evidence,
    area_code,
    risk_level AS measure,
    if(risk_level >= 4, 'CRITICAL', 'WARNING') AS severity,
    multiIf(level = 'PROVINCE', 'PROVINCE_CDC', level = 'DISTRICT', 'DISTRICT', 'COMMUNE') AS role
FROM
(
    SELECT
        *,
        lagInFrame(risk_level, 1, 1) OVER earlier AS told_before,
        lagInFrame(valid_until) OVER earlier AS until_before,
        if(toUnixTimestamp64Milli(until_before) > 0 AND until_before <= valid_from, 1, told_before) AS level_before
    FROM area_decisions_effective
    WHERE about = 'RISK'
    WINDOW earlier AS
    (
        PARTITION BY level, area_code ORDER BY valid_from, event_time, event_id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW
    )
)
WHERE logged_at >= {since:DateTime64(3, 'UTC')} AND risk_level > level_before
