-- All documents of people who are or were cases: `told_of` is the subject a case was told of, `subject` each subject of the same
-- person, that one among them. Unlike `people` it follows links from these people only, over at most four of them, so it
-- costs a few readings of `identity_links` and no sorting, however many people are linked.
CREATE OR REPLACE VIEW case_subjects AS
WITH RECURSIVE
    reached AS
    (
        SELECT DISTINCT subject AS told_of, subject AS document, toUInt8(0) AS steps FROM cases_effective
        UNION ALL
        SELECT reached.told_of AS told_of, linked.two AS document, toUInt8(reached.steps + 1) AS steps
        FROM
        (
            SELECT
                arrayJoin([(subject, other), (other, subject)]) AS pair,
                pair.1 AS one, pair.2 AS two, link_action, event_time, event_id
            FROM identity_links
            WHERE verdict = 'ACCEPTED' AND subject != other
        ) AS linked
        INNER JOIN reached ON reached.document = linked.one
        WHERE reached.steps < 4
        GROUP BY reached.told_of, linked.one, linked.two, reached.steps
        HAVING argMax(linked.link_action, (linked.event_time, linked.event_id)) = 'LINK'
    )
SELECT told_of, document AS subject FROM reached GROUP BY told_of, document;
