-- Joins and not dictionaries: a dictionary's source needs a user and a password of its own, and these tables are small.
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

-- Scans a day (in Vietnam), province, category and feed. Re-scans are evidence, not visits: they are counted apart.
CREATE OR REPLACE VIEW scans_by_province AS
SELECT
    toDate(event_time, 'Asia/Ho_Chi_Minh') AS day,
    province,
    provinces.province_name AS province_name,
    category,
    feed,
    countIf(verdict = 'ACCEPTED') AS scans,
    uniqIf(subject, verdict = 'ACCEPTED') AS people,
    countIf(verdict = 'RESCAN') AS rescans,
    countIf(lateness != 'ON_TIME') AS late
FROM scans
LEFT ANY JOIN (SELECT DISTINCT province AS code, province_name FROM admin_units) AS provinces
    ON provinces.code = scans.province
GROUP BY day, province, province_name, category, feed;
