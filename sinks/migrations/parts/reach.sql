            -- What can matter to visits that touch the time from `since` to `until`, of the scans the line's condition names: a day around
            -- the span, as no assumed stay is longer, and four weeks of the places where an observed one can be.
            ($1)
            AND logged_at >= since - toIntervalDay(29)
            AND event_time >= since - toIntervalDay(28)
            AND event_time < until + toIntervalDay(28)
            AND
            (
                (event_time >= since - toIntervalDay(1) AND event_time < until + toIntervalDay(1))
                OR category IN (SELECT category FROM default_stays WHERE most_minutes > 1440)
            )
