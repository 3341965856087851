        -- Neither withdrawn nor replaced: what `scans_in_force` asks, without its two views within each other, which cost as much to plan
        -- as reading a person's scans.
        AND $1 NOT IN
        (
            SELECT corrects FROM corrections
            WHERE verdict = 'ACCEPTED'
                AND
                (
                    (
                        SELECT length(arrayIntersect(groupArray(event_id), groupArray(corrects))) FROM corrections
                        WHERE verdict = 'ACCEPTED'
                    ) = 0
                    OR event_id NOT IN (SELECT corrects FROM corrections_overruled)
                )
        )
