-- Which areas and sites each isolation has been in, for the row policies of sinks/access: who had part in one sees all of its
-- events, so that a person who was moved on is not taken to be there still. Isolations are hashed: this names nobody.
CREATE OR REPLACE VIEW isolation_reach AS
SELECT DISTINCT cityHash64(isolation_id) AS isolation, site_id, commune_code, district, province
FROM isolations
WHERE verdict = 'ACCEPTED';

-- The same of movement passes: where they lead from and to. A withdrawal need not say.
CREATE OR REPLACE VIEW pass_reach AS
SELECT DISTINCT cityHash64(pass_id) AS pass, origin_commune, destination_commune
FROM passes
WHERE verdict = 'ACCEPTED';
