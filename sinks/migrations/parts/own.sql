            -- All pseudonyms of the person one of whose pseudonyms the line gives, in hexadecimal. Asked of the view and not written
            -- out: what a recursive query answers is never reused within a question, what a view answers is.
            SELECT subject AS own
            FROM pseudonyms_of(subjects = [toFixedString(substring(unhex($1), 1, 16), 16)])
            WHERE NOT throwIf(NOT match($1, '^[0-9A-Fa-f]{32}$'),
                'person: give a pseudonym as 32 hexadecimal digits, as hex(subject) shows it')
