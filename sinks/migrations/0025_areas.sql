-- The distancing regime in the area of each event, as of its event time, beside the risk level: what the worker knew then of
-- decisions on the commune, its district and its province. Rows from before this have NONE; `scans_restated` tells theirs.
ALTER TABLE scans ADD COLUMN IF NOT EXISTS regime Enum8('NONE' = 0, 'CT19' = 1, 'CT15' = 2, 'CT16' = 3) AFTER risk_level;
ALTER TABLE declarations ADD COLUMN IF NOT EXISTS regime Enum8('NONE' = 0, 'CT19' = 1, 'CT15' = 2, 'CT16' = 3) AFTER risk_level;
ALTER TABLE health_updates ADD COLUMN IF NOT EXISTS regime Enum8('NONE' = 0, 'CT19' = 1, 'CT15' = 2, 'CT16' = 3) AFTER risk_level;
ALTER TABLE isolations ADD COLUMN IF NOT EXISTS regime Enum8('NONE' = 0, 'CT19' = 1, 'CT15' = 2, 'CT16' = 3) AFTER risk_level;
ALTER TABLE cases ADD COLUMN IF NOT EXISTS regime Enum8('NONE' = 0, 'CT19' = 1, 'CT15' = 2, 'CT16' = 3) AFTER risk_level;
ALTER TABLE test_results ADD COLUMN IF NOT EXISTS regime Enum8('NONE' = 0, 'CT19' = 1, 'CT15' = 2, 'CT16' = 3) AFTER risk_level;
ALTER TABLE vaccinations ADD COLUMN IF NOT EXISTS regime Enum8('NONE' = 0, 'CT19' = 1, 'CT15' = 2, 'CT16' = 3) AFTER risk_level;
ALTER TABLE place_events ADD COLUMN IF NOT EXISTS regime Enum8('NONE' = 0, 'CT19' = 1, 'CT15' = 2, 'CT16' = 3) AFTER risk_level;
ALTER TABLE wave_throughs ADD COLUMN IF NOT EXISTS regime Enum8('NONE' = 0, 'CT19' = 1, 'CT15' = 2, 'CT16' = 3) AFTER risk_level;
ALTER TABLE alerts ADD COLUMN IF NOT EXISTS regime Enum8('NONE' = 0, 'CT19' = 1, 'CT15' = 2, 'CT16' = 3) AFTER risk_level;

-- The view of 0004 again: a view's columns are those there were when it was made.
CREATE OR REPLACE VIEW scans_enriched AS
SELECT
    scans.*,
    places.name AS place_name,
    units.commune_name AS commune_name,
    units.district_name AS district_name,
    units.province_name AS province_name
FROM scans
LEFT ANY JOIN (SELECT place_id AS id, name FROM places FINAL) AS places ON places.id = scans.place_id
LEFT ANY JOIN
(
    SELECT commune AS code, commune_name, district_name, province_name FROM admin_units FINAL
) AS units ON units.code = scans.commune;
