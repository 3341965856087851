-- Passes whose last day has begun. As the worker has it: what was granted before a pass was revoked counts no more, and of what
-- was granted since, the longest does. A grant lasts four days at most.
SELECT
    concat(hex(pass_id), ':', toString(toUnixTimestamp64Milli(longest.2))) AS dedupe_key,
    longest.1 AS subject,
    longest.2 - toIntervalHour(24) AS event_time,
    longest.3 AS evidence,
    24 AS measure
FROM
(
    SELECT pass_id, argMax((subject, valid_until, event_id), (valid_until, event_time, event_id)) AS longest
    FROM
    (
        SELECT *, maxIf(event_time, action = 'REVOKED') OVER (PARTITION BY pass_id) AS revoked_at
        FROM passes_effective
        WHERE logged_at >= {now:DateTime64(3, 'UTC')} - toIntervalDay(28)
    )
    WHERE action != 'REVOKED' AND event_time > revoked_at
    GROUP BY pass_id
)
WHERE longest.2 > {now:DateTime64(3, 'UTC')} AND longest.2 <= {now:DateTime64(3, 'UTC')} + toIntervalHour(24)
