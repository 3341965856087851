-- Corrections that stand: those no other standing correction withdraws or replaces. A correction can itself be corrected, and
-- so can that; chains of up to six are told exactly. Each level asks again which corrections of corrections stand: the
-- first takes all for standing, each further one is right about chains longer by one.
CREATE OR REPLACE VIEW corrections_standing AS
WITH
    told AS (SELECT * FROM corrections WHERE verdict = 'ACCEPTED'),
    level0 AS (SELECT event_id, corrects FROM told WHERE corrects IN (SELECT event_id FROM told)),
    level1 AS (SELECT event_id, corrects FROM level0 WHERE event_id NOT IN (SELECT corrects FROM level0)),
    level2 AS (SELECT event_id, corrects FROM level0 WHERE event_id NOT IN (SELECT corrects FROM level1)),
    level3 AS (SELECT event_id, corrects FROM level0 WHERE event_id NOT IN (SELECT corrects FROM level2)),
    level4 AS (SELECT event_id, corrects FROM level0 WHERE event_id NOT IN (SELECT corrects FROM level3))
SELECT * FROM told WHERE event_id NOT IN (SELECT corrects FROM level4);

-- What became of each corrected event: the latest of the corrections of it that stand, by the time it was made.
CREATE OR REPLACE VIEW corrections_effective AS
SELECT * FROM corrections_standing
ORDER BY event_time DESC, logged_at DESC, _partition DESC, _offset DESC
LIMIT 1 BY corrects;

-- Scans but for those withdrawn or replaced; what stands in place of a replaced one is a scan of its own. Re-scans are in it
-- (`verdict`), as in `scans`. As long as there are no corrections it costs what `scans` does, as the question is then
-- answered before any scan is read; with 10,000 corrections 20 ns a scan: 0.2 s on 10 million with 2 threads, for
-- reading the ids.
CREATE OR REPLACE VIEW scans_effective AS
SELECT * FROM scans
WHERE (SELECT count() FROM corrections) = 0 OR scan_id NOT IN (SELECT corrects FROM corrections_standing);

-- The same of reports.
CREATE OR REPLACE VIEW declarations_effective AS
SELECT * FROM declarations WHERE verdict = 'ACCEPTED' AND event_id NOT IN (SELECT corrects FROM corrections_standing);
CREATE OR REPLACE VIEW health_updates_effective AS
SELECT * FROM health_updates WHERE verdict = 'ACCEPTED' AND event_id NOT IN (SELECT corrects FROM corrections_standing);
CREATE OR REPLACE VIEW passes_effective AS
SELECT * FROM passes WHERE verdict = 'ACCEPTED' AND event_id NOT IN (SELECT corrects FROM corrections_standing);
CREATE OR REPLACE VIEW isolations_effective AS
SELECT * FROM isolations WHERE verdict = 'ACCEPTED' AND event_id NOT IN (SELECT corrects FROM corrections_standing);
CREATE OR REPLACE VIEW lockdowns_effective AS
SELECT * FROM lockdowns WHERE verdict = 'ACCEPTED' AND event_id NOT IN (SELECT corrects FROM corrections_standing);
CREATE OR REPLACE VIEW cases_effective AS
SELECT * FROM cases WHERE verdict = 'ACCEPTED' AND event_id NOT IN (SELECT corrects FROM corrections_standing);
CREATE OR REPLACE VIEW test_results_effective AS
SELECT * FROM test_results WHERE verdict = 'ACCEPTED' AND event_id NOT IN (SELECT corrects FROM corrections_standing);
CREATE OR REPLACE VIEW vaccinations_effective AS
SELECT * FROM vaccinations WHERE verdict = 'ACCEPTED' AND event_id NOT IN (SELECT corrects FROM corrections_standing);
CREATE OR REPLACE VIEW area_decisions_effective AS
SELECT * FROM area_decisions WHERE verdict = 'ACCEPTED' AND event_id NOT IN (SELECT corrects FROM corrections_standing);
CREATE OR REPLACE VIEW place_events_effective AS
SELECT * FROM place_events WHERE verdict = 'ACCEPTED' AND event_id NOT IN (SELECT corrects FROM corrections_standing);
CREATE OR REPLACE VIEW wave_throughs_effective AS
SELECT * FROM wave_throughs WHERE verdict = 'ACCEPTED' AND event_id NOT IN (SELECT corrects FROM corrections_standing);
