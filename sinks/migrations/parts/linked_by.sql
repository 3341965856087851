    -- `person` the smallest, by the links that hold, as in the view `people`. Only links these people have are read, a step at a
    -- time: each hands on all that is known, and ends it when nothing was new. A subject nobody linked is a person of its own.
    reached AS
    (
        SELECT subject AS asked, subject, true AS grew FROM ($1) GROUP BY subject
        UNION ALL
        SELECT asked, subject, max(is_new) OVER () AS grew
        FROM
        (
            SELECT asked, found.1 AS subject, min(found.2) AS is_new
            FROM
            (
                SELECT reached.asked AS asked, arrayJoin([(reached.subject, false), (neighbours.other_end, true)]) AS found
                FROM reached
                LEFT JOIN
                (
                    SELECT arrayJoin([(one, two), (two, one)]) AS pair, pair.1 AS end, pair.2 AS other_end
                    FROM
                    (
                        SELECT least(subject, other) AS one, greatest(subject, other) AS two
                        FROM identity_links
                        WHERE verdict = 'ACCEPTED' AND $2
                            AND (subject IN (SELECT subject FROM reached) OR other IN (SELECT subject FROM reached))
                        GROUP BY one, two
                        HAVING argMax(link_action, (event_time, event_id)) = 'LINK'
                    )
                ) AS neighbours ON neighbours.end = reached.subject
                WHERE reached.grew
            )
            WHERE found.1 != toFixedString('', 16)
            GROUP BY asked, subject
        )
    ),
    linked AS
    (
        SELECT asked, min(subject) OVER (PARTITION BY asked) AS person, subject
        FROM (SELECT DISTINCT asked, subject FROM reached)
    )
