-- A scan may say that what was scanned is the place's own code, by the visitor's phone (QR_PLACE): schemas/avro/venue_scan.avsc and the other
-- two. Codes of the symbols there were stay what they are, so no row is touched.
ALTER TABLE scans MODIFY COLUMN credential Enum8('OTHER' = 0, 'QR_1405' = 1, 'QR_CCCD' = 2, 'QR_VNEID' = 3, 'QR_BHYT' = 4,
    'QR_MOVEMENT_PASS' = 5, 'QR_VEHICLE' = 6, 'PAPER' = 7, 'MANUAL' = 8, 'QR_PLACE' = 9);

-- Views that show all columns of `scans`, again and unchanged: a view's columns have the types there were when it was made.
-- That of 0026:
CREATE OR REPLACE VIEW scans_effective AS
SELECT * FROM scans
WHERE (SELECT count() FROM corrections) = 0 OR scan_id NOT IN (SELECT corrects FROM corrections_standing);

-- That of 0053:
CREATE OR REPLACE VIEW scans_in_force AS SELECT * FROM scans_effective WHERE verdict = 'ACCEPTED';

-- That of 0025:
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

-- That of 0027:
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

-- That of 0029:
CREATE OR REPLACE VIEW scans_declared AS
SELECT
    scanned.*,
    declared.declared_time > scanned.event_time - toIntervalHour(24) AS is_declared,
    if(is_declared, declared.declared_time, NULL) AS declared_at,
    if(is_declared, declared.kind, NULL) AS declared_kind,
    if(is_declared, declared.symptoms, 0) AS symptoms,
    if(is_declared, declared.exposure, 0) AS exposure
FROM scans_effective AS scanned
ASOF LEFT JOIN
(
    SELECT subject AS person, event_time AS declared_time, kind, symptoms, exposure
    FROM declarations_effective
    ORDER BY logged_at DESC, _partition DESC, _offset DESC
    LIMIT 1 BY person, declared_time
) AS declared ON declared.person = scanned.subject AND declared.declared_time <= scanned.event_time;

-- Whom the orders count the person among (schemas/avro/declaration.avsc): officials and staff, who had to begin, pupils, visitors of patients
-- and so on. Declarations of devices that do not tell it yet have UNKNOWN.
ALTER TABLE declarations ADD COLUMN IF NOT EXISTS person_category Enum8('UNKNOWN' = 0, 'OFFICIAL' = 1, 'CIVIL_SERVANT' = 2,
    'PUBLIC_EMPLOYEE' = 3, 'WORKER' = 4, 'CITIZEN' = 5, 'PATIENT_VISITOR' = 6, 'PUPIL' = 7, 'STUDENT' = 8, 'DRIVER' = 9) AFTER purpose;

-- The views of 0026 and 0029 again, unchanged: a view's columns are those there were when it was made.
CREATE OR REPLACE VIEW declarations_effective AS
SELECT * FROM declarations WHERE verdict = 'ACCEPTED' AND event_id NOT IN (SELECT corrects FROM corrections_standing);
CREATE OR REPLACE VIEW declarations_latest AS
SELECT *, toDate(event_time, 'Asia/Ho_Chi_Minh') AS day
FROM declarations_effective
ORDER BY event_time DESC, logged_at DESC, _partition DESC, _offset DESC
LIMIT 1 BY subject, kind, day;
