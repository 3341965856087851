-- Communes with registered places where nobody was scanned yesterday, asked from six in the morning: what devices kept while
-- they were offline has come by then. A day on which there was no scan anywhere tells of the system, not of communes. Where
-- Directive 16 held when the day ended, public places are closed: such communes are left out.
WITH
    toDateTime64(toStartOfDay({now:DateTime64(3, 'UTC')}, 'Asia/Ho_Chi_Minh'), 3, 'UTC') AS today,
    today - toIntervalDay(1) AS yesterday,
    scanned AS
    (
        SELECT DISTINCT commune FROM scans_effective
        WHERE verdict = 'ACCEPTED'
            AND logged_at >= yesterday - toIntervalHour(1)
            AND event_time >= yesterday
            AND event_time < today
    ),
    closed AS
    (
        SELECT commune FROM area_steps
        WHERE since < today
        GROUP BY commune
        HAVING argMax(regime, since) = 'CT16'
    )
SELECT
    concat(toString(area_code), ':', toString(toDate(yesterday, 'Asia/Ho_Chi_Minh'))) AS dedupe_key,
    today AS event_time,
    commune_code AS area_code,
    count() AS measure
FROM places FINAL
WHERE commune_code > 0
    AND commune_code NOT IN (SELECT commune FROM scanned)
    AND commune_code NOT IN (SELECT commune FROM closed)
    AND (SELECT count() FROM scanned) > 0
    AND toHour({now:DateTime64(3, 'UTC')}, 'Asia/Ho_Chi_Minh') >= 6
GROUP BY commune_code
