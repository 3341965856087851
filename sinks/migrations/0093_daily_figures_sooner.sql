-- Views of 0058 and 0059 again, the same answers sooner; their parameters are told there.

-- Corrections that stood at a moment. Corrections of corrections are looked for by one small question, as in 0060; only where there
-- are some are the levels asked of, which cost more to plan than to answer.
CREATE OR REPLACE VIEW corrections_standing_as_of AS
SELECT * FROM corrections
WHERE verdict = 'ACCEPTED' AND logged_at <= {as_of:DateTime64(3, 'UTC')}
    AND
    (
        (
            SELECT count() FROM corrections
            WHERE verdict = 'ACCEPTED' AND logged_at <= {as_of:DateTime64(3, 'UTC')} AND corrects IN
            (
                SELECT event_id FROM corrections WHERE verdict = 'ACCEPTED' AND logged_at <= {as_of:DateTime64(3, 'UTC')}
            )
        ) = 0
        OR event_id NOT IN (SELECT corrects FROM corrections_overruling_as_of(as_of = {as_of:DateTime64(3, 'UTC')}))
    );

-- Accepted scans that stood. The ids of scans, 16 bytes each, are read only if a correction was known by `as_of`.
CREATE OR REPLACE VIEW daily_scans AS
WITH
    toDateTime64({day:Date}, 3, 'UTC') - toIntervalHour(7) AS midnight,
    counted AS
    (
        SELECT
            toDate(event_time, 'Asia/Ho_Chi_Minh') AS day,
            district,
            count() AS scans,
            uniqCombined64State(subject) AS estimated,
            uniqExactStateIf(subject, {exact:UInt8} = 1) AS exactly,
            uniqExactState(place_id) AS places,
            countIf(capture_mode IN ('ASSISTED', 'PAPER')) AS entered,
            countIf(lateness != 'ON_TIME' AND capture_mode NOT IN ('ASSISTED', 'PAPER')) AS late,
            countIf(feed = 'checkpoint') AS checkpoint_scans,
            countIf(feed = 'checkpoint' AND decision = 'DENY') AS denials,
            countIf(feed = 'checkpoint' AND decision = 'DENY' AND decision_reason IN ('NO_PASS', 'EXPIRED', 'MISMATCH'))
                AS pass_denials
        FROM scans
        WHERE province = {province:UInt8} AND verdict = 'ACCEPTED'
            AND event_time >= midnight - toIntervalDay(7) AND event_time < midnight + toIntervalDay(1)
            AND (toUnixTimestamp(event_time) + 25200) % 86400 < {seconds:UInt32}
            AND logged_at >= midnight - toIntervalDay(8) AND logged_at <= {as_of:DateTime64(3, 'UTC')}
            AND
            (
                (
                    SELECT count() FROM corrections
                    WHERE verdict = 'ACCEPTED' AND logged_at <= {as_of:DateTime64(3, 'UTC')}
                ) = 0
                OR scan_id NOT IN (SELECT corrects FROM corrections_standing_as_of(as_of = {as_of:DateTime64(3, 'UTC')}))
            )
        GROUP BY day, district
    )
SELECT
    day,
    arrayJoin(arrayDistinct([district, 0])) AS area,
    sum(scans) AS scans,
    if({exact:UInt8} = 1, uniqExactMerge(exactly), uniqCombined64Merge(estimated)) AS persons,
    uniqExactMerge(places) AS points_active,
    sum(entered) AS entered,
    sum(late) AS late,
    sum(checkpoint_scans) AS checkpoint_scans,
    sum(denials) AS denials,
    sum(pass_denials) AS pass_denials
FROM counted
GROUP BY day, area;

-- Places of the register: those there were by the end of the day and not closed for all of it, and those new that day. Places of a
-- district that nobody closed, registered before those days, are one row for each day, not one for each place and day. The latest
-- state is looked for only of places that were in the province at some time.
CREATE OR REPLACE VIEW daily_points AS
WITH
    calendar AS
    (
        SELECT
            {day:Date} - number AS day,
            toDateTime64(day, 3, 'UTC') - toIntervalHour(7) AS begins,
            begins + toIntervalSecond({seconds:UInt32}) AS ends
        FROM numbers(8)
    ),
    units AS
    (
        SELECT commune_code AS commune, district_code AS district FROM areas FINAL WHERE province_code = {province:UInt8}
        UNION ALL
        SELECT commune, district FROM admin_units FINAL
        WHERE province = {province:UInt8} AND commune NOT IN (SELECT commune_code FROM areas)
    ),
    steps AS
    (
        SELECT
            place_id,
            minIf(event_time, action = 'REGISTERED') AS told_at,
            countIf(action = 'REGISTERED') > 0 AS is_told,
            arraySort(groupArrayIf((event_time, action = 'CLOSED'), action IN ('CLOSED', 'REOPENED'))) AS turns
        FROM place_events
        WHERE verdict = 'ACCEPTED' AND logged_at <= {as_of:DateTime64(3, 'UTC')}
            AND event_id NOT IN (SELECT corrects FROM corrections_standing_as_of(as_of = {as_of:DateTime64(3, 'UTC')}))
        GROUP BY place_id
    ),
    register AS
    (
        SELECT
            place_id,
            argMax(commune_code, (updated_at, _partition, _offset)) AS commune,
            min(updated_at) AS known_at
        FROM place_states
        WHERE updated_at <= {as_of:DateTime64(3, 'UTC')}
            AND place_id IN (SELECT place_id FROM place_states WHERE commune_code IN (SELECT commune FROM units))
        GROUP BY place_id
    ),
    placed AS
    (
        SELECT
            district,
            -- Of those before the first day it doesn't matter when.
            greatest(
                if(is_told, least(told_at, known_at), known_at),
                toDateTime64({day:Date} - 8, 3, 'UTC') - toIntervalHour(7)) AS registered_at,
            turns,
            count() AS places
        FROM register
        INNER JOIN units ON units.commune = register.commune
        LEFT JOIN steps ON steps.place_id = register.place_id
        GROUP BY district, registered_at, turns
    )
SELECT
    day,
    arrayJoin(arrayDistinct([district, 0])) AS area,
    sum(places) AS points,
    sumIf(places, registered_at >= begins) AS points_new
FROM placed
CROSS JOIN calendar
WHERE registered_at < ends
    AND NOT
    (
        arrayLast(turn -> turn.1 < begins, turns).2
        AND NOT arrayExists(turn -> turn.1 >= begins AND turn.1 < ends AND NOT turn.2, turns)
    )
GROUP BY day, area;
