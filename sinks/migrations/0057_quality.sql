-- Enrolled devices of which nothing, neither scan nor heartbeat, arrived in the last `minutes` before `now` (UTC):
-- `SELECT * FROM device_silence(now = '2021-08-01 03:00:00', minutes = 60)`. Revoked devices are left out. `last_heard` is when
-- Kafka took the last thing, NULL where nothing came in the 28 days before; `silent_minutes` the whole minutes since. `waiting`
-- events and `battery_percent` (-1: mains) are what its last heartbeat said, NULL without one. `newest` is the last thing that
-- arrived from any device: where that is long ago, the way here is silent and not the devices.
CREATE OR REPLACE VIEW device_silence AS
WITH
    {now:DateTime64(3, 'UTC')} AS moment,
    heard AS
    (
        SELECT device_id, max(last_time) AS last_heard, max(last_scan_time) AS last_scan, max(beats) AS heartbeat
        FROM
        (
            SELECT
                device_id, max(logged_at) AS last_time, last_time AS last_scan_time,
                (toDateTime64(0, 3, 'UTC'), 0::UInt32, 0::Int8) AS beats
            FROM scans
            WHERE logged_at > moment - toIntervalDay(28) AND logged_at <= moment
            GROUP BY device_id
            UNION ALL
            SELECT
                device_id, max(logged_at), toDateTime64(0, 3, 'UTC'),
                argMax((event_time, queued, battery_percent), (event_time, logged_at, _partition, _offset))
            FROM heartbeats
            WHERE verdict = 'ACCEPTED' AND logged_at > moment - toIntervalDay(28) AND logged_at <= moment
            GROUP BY device_id
        )
        GROUP BY device_id
    )
SELECT
    enrolled.device_id AS device_id, label, enrolled.place_id AS place_id, commune,
    nullIf(heard.last_heard, toDateTime64(0, 3, 'UTC')) AS last_heard,
    nullIf(heard.last_scan, toDateTime64(0, 3, 'UTC')) AS last_scan,
    intDiv(dateDiff('millisecond', last_heard, moment), 60000) AS silent_minutes,
    if(toUnixTimestamp64Milli(heartbeat.1) = 0, NULL, heartbeat.2) AS waiting,
    if(toUnixTimestamp64Milli(heartbeat.1) = 0, NULL, heartbeat.3) AS battery_percent,
    (SELECT max(last_heard) FROM heard) AS newest
FROM (SELECT device_id, label, place_id FROM devices FINAL WHERE NOT revoked) AS enrolled
LEFT ANY JOIN heard ON heard.device_id = enrolled.device_id
LEFT ANY JOIN (SELECT place_id, commune_code AS commune FROM places FINAL) AS register ON register.place_id = enrolled.place_id
WHERE heard.last_heard <= moment - toIntervalMinute({minutes:UInt32});

-- How long scans took from when they happened until Kafka had them, for what arrived in the time from `from` to `to` (UTC, `to` not
-- included), re-scans, too: `SELECT * FROM lateness_histogram(from = '2021-07-31 17:00:00', to = '2021-08-01 17:00:00')`. Each delay is
-- counted once, in the first column it fits (up to and with 1 or 10 minutes, 1, 6, 24 or 72 hours, more). What was entered from paper
-- or for somebody (`is_entered`) is late by nature and has rows of its own.
CREATE OR REPLACE VIEW lateness_histogram AS
SELECT
    feed, is_entered, count() AS landed,
    countIf(delay_ms <= 60000) AS to_1_min,
    countIf(delay_ms > 60000 AND delay_ms <= 600000) AS to_10_min,
    countIf(delay_ms > 600000 AND delay_ms <= 3600000) AS to_1_h,
    countIf(delay_ms > 3600000 AND delay_ms <= 21600000) AS to_6_h,
    countIf(delay_ms > 21600000 AND delay_ms <= 86400000) AS to_24_h,
    countIf(delay_ms > 86400000 AND delay_ms <= 259200000) AS to_72_h,
    countIf(delay_ms > 259200000) AS over_72_h
FROM
(
    SELECT
        feed, capture_mode IN ('ASSISTED', 'PAPER') AS is_entered, dateDiff('millisecond', event_time, logged_at) AS delay_ms
    FROM scans
    WHERE logged_at >= {from:DateTime64(3, 'UTC')} AND logged_at < {to:DateTime64(3, 'UTC')}
)
GROUP BY feed, is_entered;

-- Whether every event has one outcome and every outcome its row, for what the sink recorded in the time from `from` to `to` (UTC, `to`
-- not included), by feed: `SELECT * FROM ledger_balance(from = '2021-07-31 17:00:00', to = '2021-08-01 17:00:00')`. `produced`
-- counts events, which are `landed` (accepted and re-scans), `duplicates` (retries) or `rejected`; `rows` and `letters` are what
-- the table and `dead_letters` have of those source offsets. `is_balanced` unless one of the two sums is wrong; what retention
-- deleted is missing in `rows`. Reports' rows are not counted (`rows` is NULL): `scanstream ledger` checks those as well.
CREATE OR REPLACE VIEW ledger_balance AS
WITH
    ranges AS
    (
        SELECT feed, feed::Int8 AS code, partition, first, last, seen, accepted, rescan, retry, rejected
        FROM ledger FINAL
        WHERE ts >= {from:DateTime64(3, 'UTC')} AND ts < {to:DateTime64(3, 'UTC')}
    ),
    kept AS
    (
        SELECT landed.code AS code, count() AS rows
        FROM
        (
            SELECT feed::Int8 AS code, _partition AS partition, _offset AS position FROM scans
            WHERE logged_at >= {from:DateTime64(3, 'UTC')} - toIntervalDay(10) AND logged_at < {to:DateTime64(3, 'UTC')}
        ) AS landed
        ASOF INNER JOIN ranges
            ON ranges.code = landed.code AND ranges.partition = landed.partition AND landed.position >= ranges.first
        WHERE position <= last
        GROUP BY code
    ),
    refused AS
    (
        SELECT landed.code AS code, count() AS letters
        FROM
        (
            SELECT feed::Int8 AS code, _partition AS partition, _offset AS position FROM dead_letters
            WHERE logged_at >= {from:DateTime64(3, 'UTC')} - toIntervalDay(10) AND logged_at < {to:DateTime64(3, 'UTC')}
        ) AS landed
        ASOF INNER JOIN ranges
            ON ranges.code = landed.code AND ranges.partition = landed.partition AND landed.position >= ranges.first
        WHERE position <= last
        GROUP BY code
    )
SELECT
    feed, produced, accepted + rescans AS landed, accepted, rescans, duplicates, rejected,
    if(told.feed IN ('venue', 'checkpoint', 'vehicle'), kept.rows, NULL) AS rows, refused.letters AS letters,
    produced = landed + duplicates + rejected AND ifNull(rows, landed) = landed AND letters = rejected AS is_balanced
FROM
(
    SELECT
        feed, code, sum(seen) AS produced, sum(accepted) AS accepted, sum(rescan) AS rescans, sum(retry) AS duplicates,
        sum(rejected) AS rejected
    FROM ranges
    GROUP BY feed, code
) AS told
LEFT ANY JOIN kept ON kept.code = told.code
LEFT ANY JOIN refused ON refused.code = told.code;

-- How good the data of scans are that arrived in the time from `from` to `to` (UTC, `to` not included), a row for each feed and measure,
-- as `value` of `total` and their `share` (NULL of none): `SELECT * FROM data_quality(from = '2021-07-31 17:00:00', to =
-- '2021-08-01 17:00:00')`. The first three are by when the sink recorded them, all others by when Kafka took the scan.
--   DUPLICATE, RETRY, REJECTED      sent again or re-scanned; sent again; in `dead_letters`: of all events
--   RESCAN, OFFLINE                 of scans that landed: re-scans; kept on a device first
--   LATE                            more than 10 minutes late, of scans not entered from paper or for somebody
--   CLOCK_CORRECTED                 from a device whose clock was wrong by more than two seconds
--   PLACE_UNKNOWN, DEVICE_UNKNOWN, DEVICE_REVOKED, APP_UNKNOWN
--   IDENTITY_UNCHECKED              checkpoint scans whose person was not looked up in the register of the population
--   IDENTITY_UNMATCHED              of those looked up: not found, or with somebody else's pass
--   WITHDRAWN                       accepted scans that a correction withdrew or replaced
--   NUMBER_MISSING                  numbers a device left out between the first and the last that arrived (feed ALL)
CREATE OR REPLACE VIEW data_quality AS
WITH
    arrived AS
    (
        SELECT * FROM scans
        WHERE logged_at >= {from:DateTime64(3, 'UTC')} AND logged_at < {to:DateTime64(3, 'UTC')}
    )
SELECT feed, measure, value, total, if(total = 0, NULL, round(value / total, 4)) AS share
FROM
(
    SELECT feed::String AS feed, measured.1 AS measure, measured.2 AS value, measured.3 AS total
    FROM
    (
        SELECT feed, sum(seen) AS events, sum(retry) AS retries, sum(rescan) AS rescans, sum(rejected) AS refused
        FROM ledger FINAL
        WHERE ts >= {from:DateTime64(3, 'UTC')} AND ts < {to:DateTime64(3, 'UTC')} AND feed IN ('venue', 'checkpoint', 'vehicle')
        GROUP BY feed
    )
    ARRAY JOIN
        [('DUPLICATE', retries + rescans, events), ('RETRY', retries, events), ('REJECTED', refused, events)] AS measured
    UNION ALL
    SELECT feed::String AS feed, measured.1 AS measure, measured.2 AS value, measured.3 AS total
    FROM
    (
        SELECT
            feed,
            count() AS landed, countIf(verdict = 'ACCEPTED') AS accepted,
            countIf(capture_mode NOT IN ('ASSISTED', 'PAPER')) AS sent,
            countIf(lateness != 'ON_TIME' AND capture_mode NOT IN ('ASSISTED', 'PAPER')) AS late,
            countIf(feed = 'checkpoint') AS stopped, countIf(feed = 'checkpoint' AND identity_match != 'UNCHECKED') AS looked_up,
            countIf(identity_match IN ('MISMATCH', 'NOT_FOUND')) AS unmatched,
            countIf(verdict = 'ACCEPTED' AND scan_id IN (SELECT corrects FROM corrections_standing)) AS withdrawn,
            countIf(bitTest(flags, 0)) AS offline, countIf(bitTest(flags, 1)) AS unplaced, countIf(bitTest(flags, 2)) AS odd_app,
            countIf(bitTest(flags, 3)) AS odd_device, countIf(bitTest(flags, 4)) AS corrected,
            countIf(bitTest(flags, 8)) AS revoked
        FROM arrived
        GROUP BY feed
    )
    ARRAY JOIN [
        ('RESCAN', toUInt64(landed - accepted), landed), ('OFFLINE', offline, landed), ('LATE', late, sent),
        ('CLOCK_CORRECTED', corrected, landed), ('PLACE_UNKNOWN', unplaced, landed), ('DEVICE_UNKNOWN', odd_device, landed),
        ('DEVICE_REVOKED', revoked, landed), ('APP_UNKNOWN', odd_app, landed),
        ('IDENTITY_UNCHECKED', toUInt64(stopped - looked_up), stopped),
        ('IDENTITY_UNMATCHED', unmatched, looked_up), ('WITHDRAWN', withdrawn, accepted)] AS measured
    WHERE total > 0
    UNION ALL
    SELECT 'ALL', 'NUMBER_MISSING', toUInt64(sum(numbers - given)), toUInt64(sum(numbers))
    FROM
    (
        SELECT device_id, max(device_seq)::UInt64 - min(device_seq) + 1 AS numbers, uniqExact(device_seq) AS given
        FROM arrived
        WHERE device_seq > 0
        GROUP BY device_id
    )
);
