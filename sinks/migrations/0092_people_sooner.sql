-- The view of 0007 again, the same answer sooner: the person of every linked subject, which is the smallest subject of all who are one
-- person. Most are linked to one other, which is linked to nobody else: such pairs are told at once. Step by step go only links
-- of which a subject has several. 100,000 pairs on one core that other work shared took 20 s, and 3 to 5 now.
-- `SELECT subject, person FROM people`.
CREATE OR REPLACE VIEW people AS
WITH RECURSIVE
    pairs AS
    (
        SELECT least(subject, other) AS one, greatest(subject, other) AS two
        FROM identity_links
        WHERE verdict = 'ACCEPTED' AND subject != other
        GROUP BY one, two
        HAVING argMax(link_action, (event_time, event_id)) = 'LINK'
    ),
    several AS
    (
        SELECT arrayJoin([one, two]) AS subject FROM pairs GROUP BY subject HAVING count() > 1
    ),
    neighbours AS
    (
        SELECT arrayJoin([(one, two), (two, one), (one, one), (two, two)]) AS pair, pair.1 AS subject, pair.2 AS neighbour
        FROM pairs
        WHERE one IN (SELECT subject FROM several) OR two IN (SELECT subject FROM several)
    ),
    labels AS
    (
        SELECT subject, min(neighbour) AS person, true AS changed FROM neighbours GROUP BY subject
        UNION ALL
        SELECT subject, smallest AS person, max(smallest != before) OVER () AS changed
        FROM
        (
            SELECT
                neighbours.subject AS subject,
                min(labels.person) AS smallest,
                minIf(labels.person, labels.subject = neighbours.subject) AS before
            FROM labels
            INNER JOIN neighbours ON neighbours.neighbour = labels.subject
            WHERE labels.changed
            GROUP BY neighbours.subject
        )
    )
SELECT subject, person
FROM
(
    SELECT subject, min(person) AS person FROM labels GROUP BY subject
    UNION ALL
    SELECT arrayJoin([one, two]) AS subject, one AS person
    FROM pairs
    WHERE one NOT IN (SELECT subject FROM several) AND two NOT IN (SELECT subject FROM several)
);

-- The view of 0087 by the same links, but only those that people have who are or were cases: `told_of` is the subject a case was told of,
-- `subject` each subject of the same person, that one among them: `SELECT * FROM case_subjects`.
CREATE OR REPLACE VIEW case_subjects AS
WITH RECURSIVE
@include linked: SELECT subject FROM cases_effective
SELECT asked AS told_of, subject FROM linked;
