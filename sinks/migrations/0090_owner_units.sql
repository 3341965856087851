-- The unit that runs a place and the office of its head, who answers for it by the orders; empty where the register does not tell.
ALTER TABLE places ADD COLUMN IF NOT EXISTS owner_unit String AFTER mandate_ref;
ALTER TABLE places ADD COLUMN IF NOT EXISTS owner_head_role String AFTER owner_unit;

-- What each unit that runs places has to answer for on a day (in Vietnam): the rows of `unit_accountability` of its open places, added up by
-- department and district: `SELECT * FROM owner_accountability(day = '2021-08-01') ORDER BY incidents DESC`. Places whose unit the register
-- does not tell are in the other view only.
CREATE OR REPLACE VIEW owner_accountability AS
SELECT
    owners.owner_unit AS owner_unit, owners.owner_head_role AS owner_head_role, department, province, district,
    sum(each.places) AS places, sum(each.mandated) AS mandated, sum(each.not_posted) AS not_posted, sum(each.silent) AS silent,
    sum(each.scans) AS scans, sum(each.case_exposures) AS case_exposures, sum(each.full_hours) AS full_hours,
    sum(each.ct16_scans) AS ct16_scans, sum(each.incidents) AS incidents
FROM (SELECT * FROM unit_accountability(day = {day:Date}) WHERE level = 'PLACE') AS each
INNER JOIN
(
    SELECT place_id, owner_unit, owner_head_role FROM places FINAL WHERE owner_unit != ''
) AS owners ON owners.place_id = each.place_id
GROUP BY owner_unit, owner_head_role, department, province, district;
