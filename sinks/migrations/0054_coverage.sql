-- How many scans each place had on each day (in Vietnam) from `from` to `to` (`to` not included), days without any left out:
-- `SELECT * FROM place_days(from = '2021-08-01', to = '2021-08-08')`. Every question about which places are active asks this view.
CREATE OR REPLACE VIEW place_days AS
SELECT place_id, toDate(event_time, 'Asia/Ho_Chi_Minh') AS day, count() AS scans
FROM scans_in_force
WHERE event_time >= toDateTime64({from:Date}, 3, 'UTC') - toIntervalHour(7)
    AND event_time < toDateTime64({to:Date}, 3, 'UTC') - toIntervalHour(7)
    AND logged_at >= toDateTime64({from:Date}, 3, 'UTC') - toIntervalHour(31)
GROUP BY place_id, day;

-- The places of the register that were open when a day (in Vietnam) ended: `SELECT * FROM places_open(day = '2021-08-01')`. Those
-- registered later or closed and not reopened by then are left out; one of which no step is told counts as registered and open.
-- `is_mandated` where the register names the order that obliges the place, `is_posted` where its QR was put up by then;
-- `regime` is what held in its commune at the day's end, by the decisions known now.
CREATE OR REPLACE VIEW places_open AS
WITH
    toDateTime64({day:Date}, 3, 'UTC') + toIntervalHour(17) AS day_end,
    steps AS
    (
        SELECT
            place_id,
            countIf(action = 'REGISTERED') > 0 AS is_told,
            minIf(event_time, action = 'REGISTERED') AS registered_at,
            countIf(action = 'QR_POSTED' AND event_time < day_end) > 0 AS is_posted,
            maxIf(event_time, action = 'CLOSED' AND event_time < day_end) AS closed_at,
            maxIf(event_time, action = 'REOPENED' AND event_time < day_end) AS reopened_at
        FROM place_events_effective
        GROUP BY place_id
    ),
    ( -- which decision holds: docs/reports.md; this is `area_steps` at one moment, which takes a tenth of the time to plan
        SELECT CAST((groupArray(area), groupArray(held)), 'Map(UInt32, Tuple(
            DateTime64(3, \'UTC\'), Int16, DateTime64(3, \'UTC\'), UInt16, Int64, Int8))')
        FROM
        (
            SELECT
                toUInt32(level::UInt32 * 65536 + area_code) AS area,
                max((valid_from, -level::Int16, logged_at, _partition, _offset, regime::Int8)) AS held
            FROM area_decisions_effective
            WHERE about = 'REGIME' AND level != 'HAMLET' AND valid_from < day_end
                AND (toUnixTimestamp64Milli(valid_until) = 0 OR valid_until >= day_end)
            GROUP BY area
        )
    ) AS decided,
    units AS
    (
        SELECT
            commune, district, province,
            arrayMax([
                decided[toUInt32(65536 + commune)], decided[toUInt32(131072 + district)], decided[toUInt32(196608 + province)]
            ]).6 AS held
        FROM
        (
            SELECT commune_code AS commune, district_code AS district, province_code AS province FROM areas FINAL
            UNION ALL
            SELECT commune, district, province FROM admin_units FINAL WHERE commune NOT IN (SELECT commune_code FROM areas)
        )
    )
SELECT
    register.place_id AS place_id, name, category, department, register.commune AS commune, units.district AS district,
    units.province AS province, capacity,
    mandate_ref != '' AS is_mandated, steps.is_posted AS is_posted,
    CAST(units.held, 'Enum8(\'NONE\' = 0, \'CT19\' = 1, \'CT15\' = 2, \'CT16\' = 3)') AS regime
FROM (SELECT *, commune_code AS commune FROM places FINAL) AS register
LEFT ANY JOIN steps ON steps.place_id = register.place_id
LEFT ANY JOIN units ON units.commune = register.commune
WHERE closed_at <= reopened_at AND (NOT is_told OR registered_at < day_end);

-- How far the QR has come: open places by category, district and department that are registered, mandated by an order, have
-- their QR put up, and were scanned at on a day (in Vietnam) or in the seven days up to it:
-- `SELECT * FROM venue_coverage(day = '2021-08-01')`. Where Directive 16 held when the day ended, public places are closed: those
-- places are counted in `under_ct16` and nowhere else. Shares are of mandated places, 0 to 1, and NULL where there is none.
CREATE OR REPLACE VIEW venue_coverage AS
WITH active AS
(
    SELECT place_id, max(day) = {day:Date} AS is_today
    FROM place_days(from = {day:Date} - 6, to = {day:Date} + 1)
    GROUP BY place_id
)
SELECT
    category, department, district, province,
    countIf(is_counted) AS registered,
    countIf(is_counted AND is_mandated) AS mandated,
    countIf(is_counted AND is_posted) AS posted,
    countIf(is_counted AND is_today) AS active_today,
    countIf(is_counted AND is_active) AS active_week,
    countIf(is_counted AND is_mandated AND is_posted) AS mandated_posted,
    countIf(is_counted AND is_mandated AND is_today) AS mandated_active_today,
    countIf(is_counted AND is_mandated AND is_active) AS mandated_active_week,
    countIf(NOT is_counted) AS under_ct16,
    if(mandated = 0, NULL, round(mandated_posted / mandated, 4)) AS posted_share,
    if(mandated = 0, NULL, round(mandated_active_today / mandated, 4)) AS active_today_share,
    if(mandated = 0, NULL, round(mandated_active_week / mandated, 4)) AS active_week_share
FROM
(
    SELECT open.*, open.regime != 'CT16' AS is_counted, active.place_id > 0 AS is_active, active.is_today AS is_today
    FROM places_open(day = {day:Date}) AS open
    LEFT ANY JOIN active ON active.place_id = open.place_id
)
GROUP BY category, department, district, province;

-- Communes with open places where nobody was scanned at any of them on a day (in Vietnam), but for those under Directive 16 when
-- the day ended: `SELECT * FROM zero_scan_communes(day = '2021-08-01')`. `streak` counts the days without a scan up to that day, at
-- most 28: no further back is looked. `last_day` had the last scans, NULL where those 28 days had none. A day without a
-- scan anywhere, which tells of the system and not of communes, has them all.
-- Of the days before only the places of such communes are read.
CREATE OR REPLACE VIEW zero_scan_communes AS
WITH
    (
        SELECT groupArray((commune, district, province, members))
        FROM
        (
            SELECT
                commune, any(district) AS district, any(province) AS province, groupArray(open.place_id) AS members
            FROM places_open(day = {day:Date}) AS open
            LEFT ANY JOIN place_days(from = {day:Date}, to = {day:Date} + 1) AS active ON active.place_id = open.place_id
            WHERE commune > 0 AND regime != 'CT16'
            GROUP BY commune
            HAVING sum(active.scans) = 0
        )
    ) AS silent
SELECT
    found.commune AS commune, names.name AS name, found.district AS district, found.province AS province, places,
    nullIf(last_of_any, toDate(0)) AS last_day,
    toUInt16(least(28, {day:Date} - last_of_any)) AS streak
FROM
(
    SELECT one.1 AS commune, one.2 AS district, one.3 AS province, length(one.4) AS places, max(heard.last_day) AS last_of_any
    FROM (SELECT arrayJoin(silent) AS one, arrayJoin(one.4) AS place_id) AS each
    LEFT ANY JOIN
    (
        SELECT place_id, max(day) AS last_day
        FROM place_days(from = {day:Date} - 27, to = {day:Date})
        WHERE place_id IN (SELECT arrayJoin(arrayFlatten(silent.4)))
        GROUP BY place_id
    ) AS heard ON heard.place_id = each.place_id
    GROUP BY one
) AS found
LEFT ANY JOIN (SELECT commune AS code, commune_name AS name FROM admin_units FINAL) AS names ON names.code = found.commune;

-- What each unit has to answer for on a day (in Vietnam), of the open places: `SELECT * FROM unit_accountability(day = '2021-08-01')
-- WHERE level = 'DEPARTMENT' ORDER BY incidents DESC`. The register names no owner and no head, so the unit of the lowest level is the
-- place itself (PLACE), for which its head answers; above it are a department's places in a district (DISTRICT) and in the
-- province (DEPARTMENT). `not_posted` are mandated places whose QR was not put up by the day's end, `silent` mandated or
-- posted places where nobody was scanned, neither of them under Directive 16. Of alerts raised for that day (docs/alerts.md) those
-- about the places: confirmed cases who had been there, full places, and scans at public places under Directive 16.
-- `incidents` is all of them together. Codes and names are 0 and empty where a row is of more than one.
CREATE OR REPLACE VIEW unit_accountability AS
WITH
    raised AS
    (
        SELECT
            place_id,
            countIf(type = 'EXPOSURE_VENUE') AS exposures,
            countIf(type = 'CAPACITY' AND severity = 'CRITICAL') AS crowded,
            countIf(type = 'CT16_PUBLIC_SCAN') AS forbidden
        FROM alerts
        WHERE verdict = 'ACCEPTED' AND type IN ('EXPOSURE_VENUE', 'CAPACITY', 'CT16_PUBLIC_SCAN')
            AND event_time >= toDateTime64({day:Date}, 3, 'UTC') - toIntervalHour(7)
            AND event_time < toDateTime64({day:Date}, 3, 'UTC') + toIntervalHour(17)
        GROUP BY place_id
    ),
    judged AS
    (
        SELECT
            open.place_id AS place_id, name, department, district, province, is_mandated,
            is_mandated AND NOT is_posted AND regime != 'CT16' AS lacks_poster,
            (is_mandated OR is_posted) AND active.scans = 0 AND regime != 'CT16' AS is_silent,
            active.scans AS scans, raised.exposures AS exposures, raised.crowded AS crowded, raised.forbidden AS forbidden
        FROM places_open(day = {day:Date}) AS open
        LEFT ANY JOIN (SELECT place_id, scans FROM place_days(from = {day:Date}, to = {day:Date} + 1)) AS active
            ON active.place_id = open.place_id
        LEFT ANY JOIN raised ON raised.place_id = open.place_id
    )
SELECT
    CAST(unit.1, 'Enum8(\'PLACE\' = 1, \'DISTRICT\' = 2, \'DEPARTMENT\' = 3)') AS level,
    department, province, unit.2 AS district, unit.3 AS place_id, unit.4 AS place_name,
    count() AS places, countIf(is_mandated) AS mandated, countIf(lacks_poster) AS not_posted, countIf(is_silent) AS silent,
    sum(each.scans) AS scans, sum(exposures) AS case_exposures, sum(crowded) AS full_hours, sum(forbidden) AS ct16_scans,
    not_posted + silent + case_exposures + full_hours + ct16_scans AS incidents
FROM
(
    SELECT
        department, province, is_mandated, lacks_poster, is_silent, scans, exposures, crowded, forbidden,
        arrayJoin([(1, district, place_id, name), (2, district, 0::UInt32, ''), (3, 0::UInt16, 0::UInt32, '')]) AS unit
    FROM judged
) AS each
GROUP BY unit, department, province;
