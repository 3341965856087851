-- What holds in each commune from `since` until its next row, by the decisions known now: those that stand, and the risk levels
-- of the register of areas. Before a commune's first row nothing was decided (0, NONE). Of the decisions in force the one
-- valid from later holds; of those the one on the smaller area; of those the one recorded later. A decision on a hamlet says
-- nothing of its commune. The worker goes by the same rule, with what it knows at the time (streams/registry/decisions.py).
CREATE OR REPLACE VIEW area_steps AS
WITH
    toDateTime64('2299-12-31 00:00:00', 3, 'UTC') AS forever,
    units AS
    (
        SELECT commune_code AS commune, district_code AS district, province_code AS province FROM areas FINAL
        UNION ALL
        SELECT commune, district, province FROM admin_units FINAL WHERE commune NOT IN (SELECT commune_code FROM areas)
    ),
    ruled AS
    (
        SELECT commune, area.1 AS area_level, area.2 AS code
        FROM units
        ARRAY JOIN [(1, commune), (2, district), (3, province::UInt16)] AS area -- COMMUNE, DISTRICT, PROVINCE
    ),
    told AS
    (
        SELECT
            level::UInt8 AS area_level, area_code AS code, about, if(about = 'RISK', risk_level, regime::UInt8) AS value,
            valid_from AS starts, if(toUnixTimestamp64Milli(valid_until) = 0, forever, valid_until) AS ends,
            logged_at, _partition, _offset
        FROM area_decisions_effective
        UNION ALL
        SELECT 1, commune_code, 'RISK', level, valid_from, forever, toDateTime64(0, 3, 'UTC'), 0, -1 FROM area_risk FINAL
    ),
    ranked AS
    (
        SELECT
            commune,
            arrayReverseSort(groupArray((
                starts, -area_level, logged_at, _partition, _offset, value, about = 'RISK', ends
            ))) AS decisions
        FROM ruled INNER JOIN told USING (area_level, code)
        GROUP BY commune
    )
SELECT
    commune,
    since,
    arrayFirst(one -> one.7 AND one.1 <= since AND since < one.8, decisions).6 AS risk_level,
    CAST(
        arrayFirst(one -> NOT one.7 AND one.1 <= since AND since < one.8, decisions).6,
        'Enum8(\'NONE\' = 0, \'CT19\' = 1, \'CT15\' = 2, \'CT16\' = 3)') AS regime
FROM ranked
ARRAY JOIN arrayDistinct(arrayConcat(decisions.1, arrayFilter(at -> at < forever, decisions.8))) AS since;

-- Scans that stand, with risk level and regime as the decisions known now say they were at event time, and as they were frozen
-- into the scan when it landed (`_then`). Computed when asked: a decision that comes late changes the answer at once.
CREATE OR REPLACE VIEW scans_restated AS
SELECT
    scanned.* EXCEPT (risk_level, regime),
    scanned.risk_level AS risk_level_then,
    scanned.regime AS regime_then,
    steps.risk_level AS risk_level,
    steps.regime AS regime
FROM scans_effective AS scanned
ASOF LEFT JOIN (SELECT commune AS ruled, since, risk_level, regime FROM area_steps) AS steps
    ON steps.ruled = scanned.commune AND steps.since <= scanned.event_time;

-- What the decisions known now change of scans with event times from `from` to `to` (UTC, `to` not included): communes and days
-- (in Vietnam) whose accepted scans had another risk level or regime when they landed:
-- `SELECT * FROM restatements(from = '2021-08-01 00:00:00', to = '2021-09-01 00:00:00')`.
CREATE OR REPLACE VIEW restatements AS
SELECT
    toDate(event_time, 'Asia/Ho_Chi_Minh') AS day,
    province,
    district,
    commune,
    risk_level_then,
    risk_level,
    regime_then,
    regime,
    count() AS scans
FROM scans_restated
WHERE verdict = 'ACCEPTED'
    AND event_time >= {from:DateTime64(3, 'UTC')} AND event_time < {to:DateTime64(3, 'UTC')}
    AND (risk_level_then != risk_level OR regime_then != regime)
GROUP BY day, province, district, commune, risk_level_then, risk_level, regime_then, regime;
