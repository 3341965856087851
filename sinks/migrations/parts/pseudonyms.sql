    -- `grown`: the pseudonyms of the people that the line's array has pseudonyms of, by the links that hold, as in the view `people`; `known`
    -- of the longest row of each `asked` has them. Only links these people have are read, a step at a time until nothing is
    -- new.
    grown AS
    (
        SELECT arrayJoin(arrayDistinct($1)) AS asked, [asked] AS known
        UNION ALL
        SELECT asked, more
        FROM
        (
            SELECT asked, known AS before, arrayDistinct(arrayConcat(known, groupArray(neighbour))) AS more
            FROM (SELECT asked, known, arrayJoin(known) AS subject FROM grown) AS frontier
            INNER JOIN
            (
                SELECT pair.1 AS subject, pair.2 AS neighbour
                FROM
                (
                    SELECT least(subject, other) AS one, greatest(subject, other) AS two
                    FROM identity_links
                    WHERE verdict = 'ACCEPTED' AND subject != other
                        AND (subject IN (SELECT arrayJoin(known) FROM grown) OR other IN (SELECT arrayJoin(known) FROM grown))
                    GROUP BY one, two
                    HAVING argMax(link_action, (event_time, event_id)) = 'LINK'
                )
                ARRAY JOIN [(one, two), (two, one)] AS pair
            ) AS neighbours ON neighbours.subject = frontier.subject
            GROUP BY asked, known
        )
        WHERE length(more) > length(before)
    )
