-- The figures of a province's daily report (docs/daily-report.md), for the day and the seven before. All views take the same:
-- `province`, its GSO code; `day` (in Vietnam); `seconds`, how much of each day counts, from its midnight (86400: all of it),
-- so that days are compared up to the same time; `as_of` (UTC): only what was logged by then counts, corrections, too, so a
-- report of a past moment can be made again. `area` is a district, and 0 the province.

-- Accepted scans that stood: `SELECT * FROM daily_scans(province = 42, day = '2021-08-05', seconds = 58800,
-- as_of = '2021-08-05 09:20:00', exact = 0)`. `persons` are estimated (uniqCombined64, 0.4 % on average); with `exact = 1` they are
-- counted, which takes memory for each person and day. `late` leaves out what was entered from paper (`entered`), which is late
-- by nature. `denials` are scans at checkpoints that let nobody pass, `pass_denials` those for want of a valid pass of one's own.
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
                (SELECT count() FROM corrections) = 0
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

-- Places of the register: those there were by the end of the day and not closed for all of it, and those new that day. A place
-- counts where its state of `as_of` says it is.
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
        SELECT commune_code AS commune, district_code AS district, province_code AS province FROM areas FINAL
        UNION ALL
        SELECT commune, district, province FROM admin_units FINAL WHERE commune NOT IN (SELECT commune_code FROM areas)
    ),
    steps AS
    (
        SELECT
            place_id,
            minIf(event_time, action = 'REGISTERED') AS told_at,
            countIf(action = 'REGISTERED') > 0 AS is_told,
            groupArrayIf((event_time, action = 'CLOSED'), action IN ('CLOSED', 'REOPENED')) AS turns
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
        GROUP BY place_id
    ),
    placed AS
    (
        SELECT
            register.place_id AS place_id, district,
            if(is_told, least(told_at, known_at), known_at) AS registered_at,
            turns
        FROM register
        INNER JOIN units ON units.commune = register.commune
        LEFT JOIN steps ON steps.place_id = register.place_id
        WHERE units.province = {province:UInt8}
    )
SELECT
    day,
    arrayJoin(arrayDistinct([district, 0])) AS area,
    count() AS points,
    countIf(registered_at >= begins) AS points_new
FROM placed
CROSS JOIN calendar
WHERE registered_at < ends
    AND NOT
    (
        arrayLast(turn -> turn.1 < begins, arraySort(turns)).2
        AND NOT arrayExists(turn -> turn.1 >= begins AND turn.1 < ends AND NOT turn.2, turns)
    )
GROUP BY day, area;

-- Declarations by app: of each person, kind and day the one made last counts (see `declarations_latest`). `symptomatic` are people
-- one of whose declarations of the day tells of a symptom; `app` is empty on the lines that sum up apps.
CREATE OR REPLACE VIEW daily_declarations AS
WITH
    toDateTime64({day:Date}, 3, 'UTC') - toIntervalHour(7) AS midnight,
    counted AS
    (
        SELECT
            subject,
            kind,
            toDate(event_time, 'Asia/Ho_Chi_Minh') AS day,
            argMax((source_app, symptoms, district, province), (event_time, logged_at, _partition, _offset)) AS last
        FROM declarations
        WHERE verdict = 'ACCEPTED'
            AND event_time >= midnight - toIntervalDay(7) AND event_time < midnight + toIntervalDay(1)
            AND (toUnixTimestamp(event_time) + 25200) % 86400 < {seconds:UInt32}
            AND logged_at >= midnight - toIntervalDay(8) AND logged_at <= {as_of:DateTime64(3, 'UTC')}
            AND event_id NOT IN (SELECT corrects FROM corrections_standing_as_of(as_of = {as_of:DateTime64(3, 'UTC')}))
        GROUP BY subject, kind, day
        HAVING last.4 = {province:UInt8}
    )
SELECT
    day,
    arrayJoin(arrayDistinct([last.3, 0])) AS area,
    arrayJoin([last.1::String, '']) AS app,
    count() AS declarations,
    uniqExactIf(subject, last.2 > 0) AS symptomatic
FROM counted
GROUP BY day, area, app;

-- Daily health updates due from isolated people (see `updates_expected`) and those not heard of that day. Residents
-- of locked-down areas are in `update_compliance`.
CREATE OR REPLACE VIEW daily_updates AS
WITH
    toDateTime64({day:Date}, 3, 'UTC') - toIntervalHour(7) AS midnight,
    withdrawn AS (SELECT corrects FROM corrections_standing_as_of(as_of = {as_of:DateTime64(3, 'UTC')})),
    calendar AS
    (
        SELECT {day:Date} - number AS day, toDateTime64(day, 3, 'UTC') + toIntervalHour(5) AS noon FROM numbers(8)
    ),
    told AS
    (
        SELECT day, noon, subject, isolation_id, action, starts, days, district, province, event_time
        FROM calendar
        CROSS JOIN isolations
        WHERE verdict = 'ACCEPTED' AND logged_at <= {as_of:DateTime64(3, 'UTC')}
            AND event_id NOT IN (SELECT corrects FROM withdrawn)
            AND if(action = 'ENDED', event_time, starts) <= noon
        ORDER BY event_time DESC, action = 'ENDED' DESC, starts DESC, days DESC, logged_at DESC, _partition DESC, _offset DESC
        LIMIT 1 BY day, subject, isolation_id
    ),
    due AS
    (
        SELECT day, subject, district, province
        FROM told
        WHERE action != 'ENDED' AND starts + toIntervalDay(days) > noon
        ORDER BY event_time DESC, isolation_id
        LIMIT 1 BY day, subject
    ),
    heard AS
    (
        SELECT DISTINCT toDate(event_time, 'Asia/Ho_Chi_Minh') AS day, subject
        FROM health_updates
        WHERE verdict = 'ACCEPTED' AND status = 'SUBMITTED'
            AND event_time >= midnight - toIntervalDay(7) AND event_time < midnight + toIntervalDay(1)
            AND (toUnixTimestamp(event_time) + 25200) % 86400 < {seconds:UInt32}
            AND logged_at >= midnight - toIntervalDay(8) AND logged_at <= {as_of:DateTime64(3, 'UTC')}
            AND event_id NOT IN (SELECT corrects FROM withdrawn)
    )
SELECT
    day,
    arrayJoin(arrayDistinct([district, 0])) AS area,
    count() AS updates_due,
    countIf((day, subject) NOT IN (SELECT day, subject FROM heard)) AS updates_missing
FROM due
WHERE province = {province:UInt8}
GROUP BY day, area;

-- What arrived that day, of all provinces, as rejected events can't be told apart by place: `dead_letters` and landed scans (re-scans
-- among them) by when Kafka took them, and accepted scans at places nobody registered, which are in no province's report.
CREATE OR REPLACE VIEW daily_arrivals AS
WITH
    toDateTime64({day:Date}, 3, 'UTC') - toIntervalHour(7) AS midnight,
    least(midnight + toIntervalSecond({seconds:UInt32}) - toIntervalMillisecond(1), {as_of:DateTime64(3, 'UTC')}) AS last
SELECT {day:Date} AS day, sum(dead) AS dead_letters, sum(came) AS landed, sum(lost) AS unplaced
FROM
(
    SELECT count() AS dead, 0 AS came, 0 AS lost
    FROM dead_letters
    WHERE feed IN ('venue', 'checkpoint', 'vehicle') AND logged_at >= midnight AND logged_at <= last
    UNION ALL
    SELECT 0 AS dead, count() AS came, countIf(province = 0 AND verdict = 'ACCEPTED') AS lost
    FROM scans
    WHERE logged_at >= midnight AND logged_at <= last
);
