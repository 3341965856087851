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
-- corrections, and planning them took 40 to 200 ms of every question about scans in force. Few corrections are corrected
-- themselves: up to a thousand of these are taken as an array, and four rounds say anew which of them are undone by those that
-- are not, a level of 0026 each. That is quadratic, so more of them are left to the levels, which are planned only then.
CREATE OR REPLACE VIEW corrections_standing AS
WITH
    (
        SELECT groupArray(1001)((event_id, corrects)) FROM corrections
        WHERE verdict = 'ACCEPTED' AND corrects IN (SELECT event_id FROM corrections WHERE verdict = 'ACCEPTED')
    ) AS chained,
    arrayFold(
        (undone, number) -> arrayMap(one -> one.2, arrayFilter(one -> NOT has(undone, one.1), chained)),
        range(4),
        arrayMap(one -> one.2, chained)
    ) AS undone_by_few
SELECT * FROM corrections
WHERE verdict = 'ACCEPTED'
    AND if(length(chained) <= 1000, NOT has(undone_by_few, event_id), event_id NOT IN (SELECT corrects FROM corrections_overruled));
