-- What the public may see of each commune, district and province on a day in Vietnam: `SELECT * FROM public_map(day =
-- '2021-08-01')`. Risk level and regime at the day's end, or now while it lasts; accepted scans of that day that stand and the
-- people in them; `cases`, people who were confirmed and not yet recovered at the day's end, by the commune told last; assessed
-- places by level of safety, as of now. Codes of areas above are 0 where there is none.
-- Counts of fewer than 10 people are NULL, and `people_hidden` or `cases_hidden` is true; scans are hidden with their people. 0
-- is one of those: what is hidden doesn't tell whether there is anybody. No total gives a hidden count away: where one of the
-- districts of a province that is shown has too few, another is hidden with it, and more until they have 19 together; so of the
-- communes of a district that is shown. These others are those with the highest codes, whatever their counts: "the smallest"
-- would be no larger than what is shown. 19 is the least with which each hidden count can be anything from 0 to 9 for who
-- knows this rule and everything shown, as one that is hidden for others has 10 at least (a test tries it). Within an area that
-- is hidden all is. Only whole days can be asked for: the difference of two spans that overlap would tell of a few people.
CREATE OR REPLACE VIEW public_map AS
WITH
    10 AS least_shown, -- people
    2 * least_shown - 1 AS least_together,
    toDateTime64({day:Date}, 3, 'Asia/Ho_Chi_Minh') AS starts,
    starts + toIntervalDay(1) AS ends,
    scanned AS
    (
        SELECT
            multiIf(grouping(commune) = 0, 'COMMUNE', grouping(district) = 0, 'DISTRICT', 'PROVINCE') AS level,
            multiIf(level = 'COMMUNE', commune, level = 'DISTRICT', district, province::UInt16) AS code,
            count() AS scans, uniqExact(subject) AS people
        FROM scans_in_force
        WHERE event_time >= starts AND event_time < ends AND logged_at >= starts - toIntervalDay(1)
        GROUP BY GROUPING SETS ((province), (province, district), (province, district, commune))
    ),
    confirmed AS
    (
        SELECT
            multiIf(grouping(commune) = 0, 'COMMUNE', grouping(district) = 0, 'DISTRICT', 'PROVINCE') AS level,
            multiIf(level = 'COMMUNE', commune, level = 'DISTRICT', district, province::UInt16) AS code,
            uniqExact(subject) AS cases
        FROM
        (
            SELECT subject, status, commune_code
            FROM cases_effective
            WHERE event_time < ends
            ORDER BY event_time DESC, logged_at DESC, _partition DESC, _offset DESC
            LIMIT 1 BY case_id
        ) AS latest
        INNER JOIN admin_units AS units ON units.commune = latest.commune_code
        WHERE status = 'CONFIRMED'
        GROUP BY GROUPING SETS ((province), (province, district), (province, district, commune))
    ),
    assessed AS
    (
        SELECT
            multiIf(grouping(commune) = 0, 'COMMUNE', grouping(district) = 0, 'DISTRICT', 'PROVINCE') AS level,
            multiIf(level = 'COMMUNE', commune, level = 'DISTRICT', district, province::UInt16) AS code,
            countIf(safety_level = 'SAFE') AS places_safe,
            countIf(safety_level = 'FAIR') AS places_fair,
            countIf(safety_level = 'UNSAFE') AS places_unsafe
        FROM public_place_safety
        GROUP BY GROUPING SETS ((province), (province, district), (province, district, commune))
    ),
    counted AS
    (
        SELECT
            areas.level AS level, areas.code AS code, name, district, province,
            risk_level, decided_level, computed_level, regime, strictest_regime, communes_at,
            scanned.scans AS scans, scanned.people AS people, confirmed.cases AS cases,
            places_safe, places_fair, places_unsafe,
            if(level = 'COMMUNE', district, 0) AS within_district
        FROM risk_levels(at = least(ends - toIntervalMillisecond(1), now64(3, 'UTC'))) AS areas
        LEFT ANY JOIN scanned ON scanned.level = areas.level AND scanned.code = areas.code
        LEFT ANY JOIN confirmed ON confirmed.level = areas.level AND confirmed.code = areas.code
        LEFT ANY JOIN assessed ON assessed.level = areas.level AND assessed.code = areas.code
    ),
    judged AS
    (
        SELECT
            *,
            countIf(people < least_shown) OVER siblings AS few,
            few > 0 AND (row_number() OVER few_first <= few + 1 OR sum(people) OVER few_before < least_together) AS has_few,
            countIf(cases < least_shown) OVER siblings AS rare,
            rare > 0 AND (row_number() OVER rare_first <= rare + 1 OR sum(cases) OVER rare_before < least_together) AS is_rare
        FROM counted
        WINDOW
            siblings AS (PARTITION BY level, province, within_district),
            few_first AS (PARTITION BY level, province, within_district ORDER BY people >= least_shown, code DESC),
            few_before AS (PARTITION BY level, province, within_district ORDER BY people >= least_shown, code DESC
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
            rare_first AS (PARTITION BY level, province, within_district ORDER BY cases >= least_shown, code DESC),
            rare_before AS (PARTITION BY level, province, within_district ORDER BY cases >= least_shown, code DESC
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    )
SELECT
    level, code, name, district, province,
    risk_level, decided_level, computed_level, regime, strictest_regime, communes_at,
    if(people_hidden, NULL, scans) AS scans,
    if(people_hidden, NULL, people) AS people,
    if(cases_hidden, NULL, cases) AS cases,
    has_few
        OR max(has_few AND level = 'PROVINCE') OVER (PARTITION BY province)
        OR (level = 'COMMUNE' AND max(has_few AND level = 'DISTRICT') OVER (PARTITION BY province, district))
        AS people_hidden,
    is_rare
        OR max(is_rare AND level = 'PROVINCE') OVER (PARTITION BY province)
        OR (level = 'COMMUNE' AND max(is_rare AND level = 'DISTRICT') OVER (PARTITION BY province, district))
        AS cases_hidden,
    places_safe, places_fair, places_unsafe
FROM judged;
