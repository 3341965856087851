-- Risk level and distancing regime of every commune, district and province at a moment (UTC), by the decisions known now:
-- `SELECT * FROM risk_levels(at = '2021-08-01 10:00:00')`. Codes of the areas above are 0 where there is none.
-- `decided_level` of a district or province is what the Steering Committee decided of it or of the province it is in,
-- NULL where nothing of that is in force; of a commune, what holds in it (`area_steps`). `computed_level` is the roll-up of
-- Decision 2686/QĐ-BCĐQG of 31 May 2021, as far as it speaks of shares of the areas within; a commune has none.
-- `risk_level` is what was decided, else what is computed; 0 where nothing is known.
--   very high (4): 30 % of the communes very high, or 50 % high; of a province the same of its districts
--   high (3): not very high, and 30 % high, or 50 % at risk, or one very high; published of districts only, and taken for
--     provinces as well, since we found no text of theirs
--   at risk (2): ours. The decision goes by cases here; we say it where anything within is at risk
-- A share counts what is at the level or above, so that a commune which gets worse never makes its district better. "30 %
-- ... scattered" is taken without "scattered". A province needs more than 30 % by the text, which here is the same: 30 % of its
-- districts is no whole number in any of ours. What the decision says of sources of infection is for people to decide.
-- `regime` holds in all of the area, `strictest_regime` in some commune of it. `communes_at` counts communes by level, 0 to 4.
CREATE OR REPLACE VIEW risk_levels AS
WITH
    {at:DateTime64(3, 'UTC')} AS moment,
    steps AS
    (
        SELECT commune, argMax(risk_level, since) AS held_level, argMax(regime, since) AS held_regime
        FROM area_steps
        WHERE since <= moment
        GROUP BY commune
    ),
    told AS
    (
        SELECT level::UInt8 AS told_of, area_code, (valid_from, -told_of, logged_at, _partition, _offset) AS rank, risk_level
        FROM area_decisions_effective
        WHERE about = 'RISK' AND level IN ('DISTRICT', 'PROVINCE') AND valid_from <= moment
            AND (toUnixTimestamp64Milli(valid_until) = 0 OR moment < valid_until)
    ),
    decided AS
    (
        SELECT level, code, toNullable(argMax(risk_level, rank)) AS decided_level
        FROM
        (
            SELECT DISTINCT ruled.1 AS level, ruled.2 AS code, ruled.3 AS told_of, ruled.4 AS area_code
            FROM admin_units
            ARRAY JOIN
                [(2, district, 2, district), (2, district, 3, province::UInt16), (3, province::UInt16, 3, province::UInt16)]
                AS ruled
        ) AS ruled_by
        INNER JOIN told USING (told_of, area_code)
        GROUP BY level, code
    ),
    districts AS
    (
        SELECT
            district, any(district_name) AS district_name, any(province) AS province, any(province_name) AS province_name,
            countIf(held_level = 4) AS worst, countIf(held_level >= 3) AS high, countIf(held_level >= 2) AS risky,
            multiIf(
                10 * worst >= 3 * count() OR 2 * high >= count(), 4,
                10 * high >= 3 * count() OR 2 * risky >= count() OR worst > 0, 3,
                risky > 0, 2,
                max(held_level)) AS computed_level,
            min(held_regime) AS regime, max(held_regime) AS strictest_regime,
            arrayMap(wanted -> countEqual(groupArray(held_level), wanted), range(5)) AS communes_at,
            groupArray((
                'COMMUNE', commune, commune_name, units.district, units.province, nullIf(held_level, 0),
                NULL::Nullable(UInt8), held_level, held_regime, held_regime,
                arrayMap(wanted -> toUInt64(wanted = held_level), range(5))
            )) AS members
        FROM admin_units AS units FINAL
        LEFT ANY JOIN steps ON steps.commune = units.commune
        GROUP BY district
    ),
    levelled AS
    (
        SELECT districts.*, decided_level, ifNull(decided_level, computed_level) AS risk_level
        FROM districts
        LEFT ANY JOIN (SELECT code, decided_level FROM decided WHERE level = 2) AS told_of_district ON code = district
    ),
    provinces AS
    (
        SELECT
            province, any(province_name) AS name,
            countIf(risk_level = 4) AS worst_parts, countIf(risk_level >= 3) AS high_parts, countIf(risk_level >= 2) AS risky_parts,
            multiIf(
                10 * worst_parts >= 3 * count() OR 2 * high_parts >= count(), 4,
                10 * high_parts >= 3 * count() OR 2 * risky_parts >= count() OR worst_parts > 0, 3,
                risky_parts > 0, 2,
                max(risk_level)) AS rolled_up,
            min(regime) AS mildest, max(strictest_regime) AS strictest, sumForEach(communes_at) AS all_communes_at,
            arrayConcat(
                groupArray((
                    'DISTRICT', district, district_name, district, levelled.province, decided_level,
                    toNullable(computed_level), risk_level, regime, strictest_regime, communes_at
                )),
                groupArrayArray(members)
            ) AS within
        FROM levelled
        GROUP BY province
    )
SELECT
    area.1 AS level, area.2 AS code, area.3 AS name, area.4 AS district, area.5 AS province,
    area.6 AS decided_level, area.7 AS computed_level, area.8 AS risk_level,
    area.9 AS regime, area.10 AS strictest_regime, area.11 AS communes_at
FROM
(
    SELECT
        arrayJoin(arrayConcat(
            [(
                'PROVINCE', province::UInt16, name, 0::UInt16, province, decided_level, toNullable(rolled_up),
                ifNull(decided_level, rolled_up), mildest, strictest, all_communes_at
            )],
            within
        )) AS area
    FROM provinces
    LEFT ANY JOIN (SELECT code, decided_level FROM decided WHERE level = 3) AS told_of_province ON code = province
) AS areas;
