-- Each version of a province's daily report. `document` is the whole report as canonical JSON, from which its files can be
-- made again to the byte; `sha256` is its checksum, `figures_sha256` that of what it says without version and `as_of`. Read it with
-- FINAL: of two that took the same number at once the one made first stands, and the other takes the next.
CREATE TABLE IF NOT EXISTS daily_reports
(
    province UInt8,
    day Date,
    version UInt32,
    until DateTime64(3, 'UTC'),
    as_of DateTime64(3, 'UTC'),
    made_at DateTime64(3, 'UTC'),
    due_at DateTime64(3, 'UTC'),
    is_sound Bool,
    figures_sha256 String,
    sha256 String,
    document String,
    precedence UInt64 MATERIALIZED toUInt64(9223372036854775807 - toUnixTimestamp64Milli(made_at))
)
ENGINE = ReplacingMergeTree(precedence)
ORDER BY (province, day, version);

-- Every state a place of the register has had: `places` keeps the latest only, and a report of a past moment needs those of
-- then. From before this only the latest is known.
CREATE TABLE IF NOT EXISTS place_states
(
    place_id UInt32,
    commune_code UInt16,
    updated_at DateTime64(3, 'UTC'),
    _partition UInt16,
    _offset Int64
)
ENGINE = ReplacingMergeTree
ORDER BY (place_id, updated_at, _partition, _offset);

CREATE MATERIALIZED VIEW IF NOT EXISTS place_states_kept TO place_states AS
SELECT place_id, commune_code, updated_at, _partition, _offset FROM places;

INSERT INTO place_states SELECT place_id, commune_code, updated_at, _partition, _offset FROM places FINAL;

-- What corrections of corrections that stood at a moment (UTC) corrected, by when they were logged; see `corrections_overruled`.
CREATE OR REPLACE VIEW corrections_overruling_as_of AS
WITH
    told AS (SELECT event_id, corrects FROM corrections WHERE verdict = 'ACCEPTED' AND logged_at <= {as_of:DateTime64(3, 'UTC')}),
    level0 AS (SELECT event_id, corrects FROM told WHERE corrects IN (SELECT event_id FROM told)),
    level1 AS (SELECT event_id, corrects FROM level0 WHERE event_id NOT IN (SELECT corrects FROM level0)),
    level2 AS (SELECT event_id, corrects FROM level0 WHERE event_id NOT IN (SELECT corrects FROM level1)),
    level3 AS (SELECT event_id, corrects FROM level0 WHERE event_id NOT IN (SELECT corrects FROM level2))
SELECT corrects FROM level0 WHERE event_id NOT IN (SELECT corrects FROM level3);

-- Corrections that stood at a moment: `SELECT * FROM corrections_standing_as_of(as_of = '2021-08-05 09:20:00')`. The rule, and why
-- up to a thousand corrections of corrections are taken as an array, are those of `corrections_standing`.
CREATE OR REPLACE VIEW corrections_standing_as_of AS
WITH
    (
        SELECT groupArray(1001)((event_id, corrects)) FROM corrections
        WHERE verdict = 'ACCEPTED' AND logged_at <= {as_of:DateTime64(3, 'UTC')} AND corrects IN
        (
            SELECT event_id FROM corrections WHERE verdict = 'ACCEPTED' AND logged_at <= {as_of:DateTime64(3, 'UTC')}
        )
    ) AS chained,
    arrayFold(
        (undone, number) -> arrayMap(one -> one.2, arrayFilter(one -> NOT has(undone, one.1), chained)),
        range(4),
        arrayMap(one -> one.2, chained)
    ) AS undone_by_few
SELECT * FROM corrections
WHERE verdict = 'ACCEPTED' AND logged_at <= {as_of:DateTime64(3, 'UTC')}
    AND if(
        length(chained) <= 1000,
        NOT has(undone_by_few, event_id),
        event_id NOT IN (SELECT corrects FROM corrections_overruling_as_of(as_of = {as_of:DateTime64(3, 'UTC')})));
