            -- The stays of visits, as `meetings` takes them: of each visit of `visited` what lies between the line's second (since when this
            -- person counts) and third moment; until when somebody who comes is told of, the line's fourth number of minutes after
            -- the end, unless that is later than what is asked for; and within which times others who were there were scanned: that
            -- day (in Vietnam), or as long before and after as the place lets people stay overnight.
            groupArray((
                $1, $2, place_id, trip_id, greatest(start, $2), least(end, $3), start_imputed, end_imputed,
                if(end > $3, $3, end + toIntervalMinute($4)) AS lingers,
                if(overnight, start - toIntervalMinute(most_minutes),
                    toStartOfDay(start - toIntervalMillisecond(1), 'Asia/Ho_Chi_Minh')::DateTime64(3, 'UTC')),
                if(overnight, lingers + toIntervalMinute(most_minutes),
                    (toStartOfDay(lingers, 'Asia/Ho_Chi_Minh') + toIntervalDay(1))::DateTime64(3, 'UTC'))))
