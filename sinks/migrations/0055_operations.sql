-- The view of 0024, of what checkpoints told and stands.
CREATE OR REPLACE VIEW wave_through_periods AS
SELECT place_id, started, ended, reason, estimated_people
FROM
(
    SELECT
        place_id,
        action,
        event_time AS started,
        reason,
        leadInFrame(toNullable(event_time)) OVER later AS ended,
        leadInFrame(estimated_people) OVER later AS estimated_people
    FROM
    (
        SELECT
            place_id, action, event_time, reason, estimated_people,
            lagInFrame(toNullable(action)) OVER (
                PARTITION BY place_id ORDER BY event_time, action ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            ) AS before
        FROM wave_throughs_effective
    )
    WHERE before IS NULL OR action != before
    WINDOW later AS (
        PARTITION BY place_id ORDER BY event_time, action ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )
)
WHERE action = 'STARTED';

-- The view of 0024, of scans in force.
CREATE OR REPLACE VIEW checkpoint_hours AS
WITH
    toStartOfHour({from:DateTime('UTC')}) AS first_hour,
    hours AS
    (
        SELECT arrayJoin(
            arrayMap(hour -> first_hour + hour * 3600, range(toUInt32(ceil(({to:DateTime('UTC')} - first_hour) / 3600))))
        ) AS hour
    ),
    scanned AS
    (
        SELECT place_id AS place, toStartOfHour(event_time) AS hour, count() AS scans
        FROM scans_in_force
        WHERE feed = 'checkpoint'
            AND event_time >= first_hour AND event_time < {to:DateTime('UTC')} + 3600
            AND logged_at >= first_hour - 300
        GROUP BY place, hour
    ),
    waved AS
    (
        SELECT
            place_id AS place,
            hour,
            sum(least(hour + 3600, ifNull(ended, now64(3, 'UTC'))) - greatest(hour, started)) / 60 AS waved_minutes
        FROM wave_through_periods
        CROSS JOIN hours
        WHERE started < hour + 3600 AND ifNull(ended, now64(3, 'UTC')) > hour
        GROUP BY place, hour
    )
SELECT
    checkpoints.place_id AS place_id,
    checkpoints.name AS place_name,
    hours.hour AS hour,
    scanned.scans AS scans,
    waved.waved_minutes AS waved_minutes,
    multiIf(scans > 0, 'NO', waved_minutes > 0, 'EXPLAINED', 'UNEXPLAINED') AS missing
FROM (SELECT place_id, name FROM places FINAL WHERE category = 'CHECKPOINT') AS checkpoints
CROSS JOIN hours
LEFT JOIN scanned ON scanned.place = checkpoints.place_id AND scanned.hour = hours.hour
LEFT JOIN waved ON waved.place = checkpoints.place_id AND waved.hour = hours.hour;

-- Which apps people use: scans that stand and declarations (of each person, kind and day the last) with event times from `from` to `to`
-- (UTC, `to` not included), by day (in Vietnam), province and app: `SELECT * FROM app_usage(from = '2021-07-31 17:00:00',
-- to = '2021-08-07 17:00:00') WHERE district = 0`. Rows of `district` 0 are of the whole province; 0 is also the province of scans
-- at places nobody registered. `people` are estimated above some thousands (uniqCombined64, 0.4 % on average);
-- `scans_share` is of all scans there that day, 0 to 1, NULL without any.
CREATE OR REPLACE VIEW app_usage AS
WITH
    scanned AS
    (
        SELECT
            toDate(event_time, 'Asia/Ho_Chi_Minh') AS day, province, district, source_app::String AS app,
            count() AS scans, uniqCombined64State(subject) AS persons, countIf(capture_mode IN ('ASSISTED', 'PAPER')) AS entered
        FROM scans_in_force
        WHERE event_time >= {from:DateTime64(3, 'UTC')} AND event_time < {to:DateTime64(3, 'UTC')}
            AND logged_at >= {from:DateTime64(3, 'UTC')} - toIntervalDay(1)
        GROUP BY day, province, district, app
    ),
    declared AS
    (
        SELECT day, last.1 AS province, last.2 AS district, last.3 AS app, count() AS declarations
        FROM
        (
            SELECT
                subject, kind, toDate(event_time, 'Asia/Ho_Chi_Minh') AS day,
                argMax((province, district, source_app::String), (event_time, logged_at, _partition, _offset)) AS last
            FROM declarations_effective
            WHERE event_time >= {from:DateTime64(3, 'UTC')} AND event_time < {to:DateTime64(3, 'UTC')}
                AND logged_at >= {from:DateTime64(3, 'UTC')} - toIntervalDay(1)
            GROUP BY subject, kind, day
        )
        GROUP BY day, province, district, app
    )
SELECT
    *, if(sum(scans) OVER there = 0, NULL, round(scans / sum(scans) OVER there, 4)) AS scans_share
FROM
(
SELECT
    day, province, area AS district, app AS source_app, sum(each.scans) AS scans, uniqCombined64Merge(persons) AS people,
    sum(each.entered) AS entered, sum(each.declarations) AS declarations
FROM
(
    SELECT day, province, district, app, scans, persons, entered, 0 AS declarations FROM scanned
    UNION ALL
    SELECT
        day, province, district, app, 0, none.persons, 0, declarations
    FROM declared
    CROSS JOIN (SELECT uniqCombined64State(subject) AS persons FROM scans WHERE false) AS none
) AS each
ARRAY JOIN arrayDistinct([district, 0]) AS area
GROUP BY day, province, area, app
)
WINDOW there AS (PARTITION BY day, province, district);

-- What goes through each checkpoint in each five minutes that begin in the time from `from` to `to` (UTC, `to` not included):
-- `SELECT * FROM checkpoint_flow(from = '2021-08-01 00:00:00', to = '2021-08-01 03:00:00') WHERE place_id = 7`. Five minutes with
-- neither scans nor waving are left out. `into` and `out` are people into and out of the zone (also IN and OUT), `lanes` the
-- scans of each lane (`gate`), `declared_share` those who had declared ahead. `waved_minutes`: how long people were let pass
-- unscanned, so that scans are missing. `pressed_share` stands for the queue, which nobody reports: scans at most 20 seconds (ours)
-- after the one before in their lane, as when the next one waits already. Near 1 the lanes work without a pause.
CREATE OR REPLACE VIEW checkpoint_flow AS
WITH
    {from:DateTime64(3, 'UTC')} AS since,
    {to:DateTime64(3, 'UTC')} AS until,
    toStartOfInterval(since + toIntervalMillisecond(299999), toIntervalMinute(5)) AS first_slot,
    toStartOfInterval(until + toIntervalMillisecond(299999), toIntervalMinute(5)) AS slots_end,
    scanned AS
    (
        SELECT
            place_id, slot, count() AS scans,
            countIf(direction IN ('IN', 'INTO_ZONE')) AS into,
            countIf(direction IN ('OUT', 'OUT_OF_ZONE')) AS out,
            sumMap(map(gate, 1::UInt64)) AS lanes,
            countIf(bitTest(flags, 6)) AS declared,
            countIf(decision = 'DENY') AS denied,
            countIf(gap_ms <= 20000) AS pressed
        FROM
        (
            SELECT
                place_id, gate, direction, flags, decision, event_time, toStartOfFiveMinutes(event_time) AS slot,
                dateDiff('millisecond', lagInFrame(event_time, 1, toDateTime64(0, 3, 'UTC')) OVER lane, event_time) AS gap_ms
            FROM scans_in_force
            WHERE feed = 'checkpoint'
                AND event_time >= first_slot - toIntervalSecond(20) AND event_time < slots_end
                AND logged_at >= first_slot - toIntervalDay(1)
            WINDOW lane AS (
                PARTITION BY place_id, gate ORDER BY event_time, scan_id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW
            )
        )
        WHERE event_time >= first_slot
        GROUP BY place_id, slot
    ),
    waved AS
    (
        SELECT
            place_id, slot,
            sum(dateDiff('millisecond', greatest(slot_starts, started), least(slot_starts + toIntervalMinute(5), ends)))
                / 60000 AS waved_minutes
        FROM
        (
            SELECT
                place_id, started, least(ifNull(ended, now64(3, 'UTC')), slots_end) AS ends,
                arrayJoin(arrayMap(
                    number -> toStartOfFiveMinutes(greatest(started, first_slot)) + number * 300,
                    range(greatest(0, toInt64(ceil(
                        dateDiff('millisecond', toStartOfFiveMinutes(greatest(started, first_slot))::DateTime64(3, 'UTC'), ends)
                        / 300000)))))) AS slot,
                slot::DateTime64(3, 'UTC') AS slot_starts
            FROM wave_through_periods
            WHERE started < slots_end AND ifNull(ended, now64(3, 'UTC')) > first_slot
        )
        GROUP BY place_id, slot
    )
SELECT
    each.place_id AS place_id, register.name AS place_name, slot, each.scans AS scans, into, out, scans - into - out AS through,
    denied, lanes, round(each.scans / length(lanes), 1) AS scans_per_lane,
    if(scans = 0, NULL, round(declared / scans, 4)) AS declared_share,
    if(scans = 0, NULL, round(pressed / scans, 4)) AS pressed_share,
    round(waved_minutes, 2) AS waved_minutes
FROM
(
    SELECT
        place_id, slot, sum(scans) AS scans, sum(into) AS into, sum(out) AS out, sumMap(lanes) AS lanes, sum(declared) AS declared,
        sum(denied) AS denied, sum(pressed) AS pressed, sum(waved_minutes) AS waved_minutes
    FROM
    (
        SELECT *, 0. AS waved_minutes FROM scanned
        UNION ALL
        SELECT place_id, slot, 0, 0, 0, CAST(map(), 'Map(UInt16, UInt64)'), 0, 0, 0, waved_minutes FROM waved
    )
    GROUP BY place_id, slot
) AS each
LEFT ANY JOIN (SELECT place_id, name FROM places FINAL) AS register ON register.place_id = each.place_id;
