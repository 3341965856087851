            -- All pseudonyms of the person one of whose pseudonyms the line gives, in hexadecimal.
            WITH RECURSIVE
                (
                    SELECT toFixedString(substring(unhex($1), 1, 16), 16)
                    WHERE NOT throwIf(NOT match($1, '^[0-9A-Fa-f]{32}$'),
                        'person: give a pseudonym as 32 hexadecimal digits, as hex(subject) shows it')
                ) AS one_of_them,
@include pseudonyms: [one_of_them]
            SELECT DISTINCT arrayJoin(known) AS own FROM grown
