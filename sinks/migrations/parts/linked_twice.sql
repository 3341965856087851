                        -- The pseudonyms that links lead to from the one the line gives, over at most one other.
                        SELECT arrayJoin([one, two]) FROM links_in_force
                        WHERE arrayExists(
                            end -> end IN
                            (
                                SELECT arrayJoin([one, two]) FROM links_in_force
                                WHERE one = toFixedString(substring(unhex($1), 1, 16), 16)
                                    OR two = toFixedString(substring(unhex($1), 1, 16), 16)
                            ),
                            [one, two])
