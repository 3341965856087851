-- What corrections of corrections that stand correct, by the levels of 0026: chains of up to six are told exactly.
CREATE OR REPLACE VIEW corrections_overruled AS
WITH
    told AS (SELECT event_id, corrects FROM corrections WHERE verdict = 'ACCEPTED'),
    level0 AS (SELECT event_id, corrects FROM told WHERE corrects IN (SELECT event_id FROM told)),
    level1 AS (SELECT event_id, corrects FROM level0 WHERE event_id NOT IN (SELECT corrects FROM level0)),
    level2 AS (SELECT event_id, corrects FROM level0 WHERE event_id NOT IN (SELECT corrects FROM level1)),
    level3 AS (SELECT event_id, corrects FROM level0 WHERE event_id NOT IN (SELECT corrects FROM level2))
SELECT corrects FROM level0 WHERE event_id NOT IN (SELECT corrects FROM level3);

-- `corrections_standing` of 0026 again, the same answer sooner. There, eleven subqueries within each other asked of chains of
-- corrections, and planning them took 40 to 200 ms of every question about scans in force. Mostly nobody has corrected a
-- correction: one small question tells, and the levels are planned only where somebody has.
CREATE OR REPLACE VIEW corrections_standing AS
SELECT * FROM corrections
WHERE verdict = 'ACCEPTED'
    AND
    (
        (
            SELECT count() FROM corrections
            WHERE verdict = 'ACCEPTED' AND corrects IN (SELECT event_id FROM corrections WHERE verdict = 'ACCEPTED')
        ) = 0
        OR event_id NOT IN (SELECT corrects FROM corrections_overruled)
    );
