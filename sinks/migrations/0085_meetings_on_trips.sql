-- `meetings` of 0052 again, the same answer sooner: ends of trips are looked for only where a stay was on a trip. There, all
-- scans of weeks of every place were gone through for it, of which only those of the stays' days matter otherwise.
-- Whom people met during some stays, but for the pseudonyms `known`: what `co_presence` and `co_presence_second_hop` ask. A stay is
-- (who, since when that person counts, place, trip, start, end, start_imputed, end_imputed, until when others who come are told of,
-- between which times others who were there were scanned); parts/stays.sql makes them. None begins before `from` or is told of after
-- `until`.
-- Visits of the others are by the rules of visits, as if nobody had been scanned anywhere but at that place and on that trip: an
-- assumed end isn't cut short by a scan elsewhere. That is more candidates, never fewer, and the scans of all the places
-- contacts have been at need not be read: a busy place makes tens of thousands of them.
CREATE OR REPLACE VIEW meetings AS
WITH
    stay AS
    (
        SELECT
            one.1 AS stayer, one.2 AS stayer_met_from, one.3 AS at_place, one.4 AS at_trip, one.5 AS stay_start, one.6 AS stay_end,
            one.7 AS stay_start_imputed, one.8 AS stay_end_imputed, one.9 AS lingers, one.10 AS first_scan, one.11 AS last_scan
        FROM
        (
            SELECT arrayJoin({stays:Array(Tuple(FixedString(16), DateTime64(3, 'UTC'), UInt32, UInt32, DateTime64(3, 'UTC'),
                DateTime64(3, 'UTC'), Bool, Bool, DateTime64(3, 'UTC'), DateTime64(3, 'UTC'), DateTime64(3, 'UTC')))}) AS one
        )
    ),
    there AS
    (
        SELECT
            at_place,
            toStartOfHour(first_scan) + toIntervalHour(arrayJoin(range(1 + dateDiff('hour', first_scan, last_scan)::UInt32))) AS hour
        FROM stay
    ),
    {from:DateTime64(3, 'UTC')} AS since,
    {until:DateTime64(3, 'UTC')} + toIntervalMillisecond(1) AS until,
@include visits: (place_id, toStartOfHour(event_time)) IN (SELECT at_place, hour FROM there) | place_id IN (SELECT at_place FROM stay WHERE at_trip > 0) | subject, place_id, trip_id
SELECT
    stayer, stayer_met_from, subject, place_id, trip_id, category, feed, commune, risk_level,
    start, end, start_imputed, end_imputed, stay_start, stay_end, stay_start_imputed, stay_end_imputed,
    greatest(0, dateDiff('millisecond', greatest(start, stay_start), least(end, stay_end))) / 60000 AS overlap_minutes,
    greatest(0, dateDiff('millisecond', stay_end, start)) / 60000 AS minutes_after,
    multiIf(
        overlap_minutes < {min_overlap:UInt16} AND NOT (feed = 'vehicle' AND overlap_minutes > 0), 'C',
        start_imputed OR end_imputed OR stay_start_imputed OR stay_end_imputed, 'B',
        'A') AS class,
    overlap_minutes * greatest(risk_level, 1) AS score
FROM visited
INNER JOIN stay ON at_place = place_id AND at_trip = trip_id
WHERE start <= lingers AND end >= stay_start
    AND subject NOT IN {known:Array(FixedString(16))};
