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
@include visits: (place_id, toStartOfHour(event_time)) IN (SELECT at_place, hour FROM there) | place_id IN (SELECT at_place FROM stay) | subject, place_id, trip_id
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

-- Who may have met a person: everybody else who was at the same place (on the same trip of a vehicle) while the person was, or came
-- within `linger` minutes after the person left. Candidates only: a scan says who was at a place, not who was near whom. Of the
-- visits of the person's pseudonyms that part counts that lies in the time from `from` to `to` (UTC, `to` not included), for a case the
-- time it was infectious. A row for each pair of visits; `overlap_minutes` is the earlier end less the later start.
--   A: together for `min_overlap` minutes or longer (in a vehicle: for any time), and every end of both visits was seen
--   B: the same, but an end of one of them is assumed
--   C: less: a shorter overlap, or none, and came within `linger` minutes (`minutes_after`)
-- `score` ranks: overlap_minutes x the risk level of the place's commune when the contact came (1 to 4; 1 where none was known).
-- `total_score` is the sum over the contact's meetings. No order says how; sums of overlap x risk weight are common practice.
-- `SELECT * FROM co_presence(person = '00112233445566778899AABBCCDDEEFF', from = '2021-08-01 00:00:00',
-- to = '2021-08-22 00:00:00', min_overlap = 15, linger = 30) ORDER BY total_score DESC`.
CREATE OR REPLACE VIEW co_presence AS
SELECT
    subject, class, overlap_minutes, minutes_after, score, sum(score) OVER (PARTITION BY subject) AS total_score,
    place_id, category, feed, trip_id, commune, risk_level, start, end, start_imputed, end_imputed,
    stay_start AS case_start,
    stay_end AS case_end,
    stay_start_imputed AS case_start_imputed,
    stay_end_imputed AS case_end_imputed
FROM meetings(
    stays =
    (
        SELECT
@include stays: subject | {from:DateTime64(3, 'UTC')} | {to:DateTime64(3, 'UTC')} | {linger:UInt16}
        FROM visits_of(
            subjects =
            (
                SELECT groupArray(own)
                FROM
                (
@include own: {person:String}
                )
            ),
            from = {from:DateTime64(3, 'UTC')}, to = {to:DateTime64(3, 'UTC')}) AS visited
        LEFT ANY JOIN (SELECT category, most_minutes, overnight FROM default_stays FINAL) AS most USING (category)
    ),
    known =
    (
        SELECT groupArray(own)
        FROM
        (
@include own: {person:String}
        )
    ),
    from = {from:DateTime64(3, 'UTC')}, until = {to:DateTime64(3, 'UTC')} + toIntervalMinute({linger:UInt16}),
    min_overlap = {min_overlap:UInt16});

-- Contacts of contacts, in the order of time: whom the contacts of a person (classes A and B of `co_presence`) met, in the same classes, from
-- the moment they were first together with the person until `to`. Neither the person nor a first contact is told of again.
-- `first_person` is the contact in between, by its smallest pseudonym, and `first_met` that moment; the other columns are those
-- of `co_presence`, with the first contact in the place of the case:
-- `SELECT * FROM co_presence_second_hop(person = '00112233445566778899AABBCCDDEEFF', from = '2021-08-01 00:00:00',
-- to = '2021-08-22 00:00:00', min_overlap = 15) ORDER BY total_score DESC`.
CREATE OR REPLACE VIEW co_presence_second_hop AS
WITH
    (
        SELECT groupArray((contact, since_when))
        FROM
        (
            SELECT subject AS contact, min(greatest(start, case_start)) AS since_when
            FROM co_presence(
                person = {person:String}, from = {from:DateTime64(3, 'UTC')}, to = {to:DateTime64(3, 'UTC')},
                min_overlap = {min_overlap:UInt16}, linger = 0)
            WHERE class IN ('A', 'B')
            GROUP BY contact
        )
    ) AS firsts,
    (
        SELECT groupArray((pseudonym, called, since_when))
        FROM
        (
            SELECT linked.subject AS pseudonym, any(linked.person) AS called, min(times.since_when) AS since_when
            FROM pseudonyms_of(subjects = (SELECT arrayMap(one -> one.1, firsts))) AS linked
            INNER JOIN (SELECT one.1 AS contact, one.2 AS since_when FROM (SELECT arrayJoin(firsts) AS one)) AS times
                ON times.contact = linked.asked
            GROUP BY pseudonym
        )
    ) AS stayers
SELECT
    subject, class, overlap_minutes, score, sum(score) OVER (PARTITION BY subject) AS total_score,
    stayer AS first_person,
    stayer_met_from AS first_met,
    place_id, category, feed, trip_id, commune, risk_level, start, end, start_imputed, end_imputed,
    stay_start AS first_start,
    stay_end AS first_end,
    stay_start_imputed AS first_start_imputed,
    stay_end_imputed AS first_end_imputed
FROM meetings(
    stays =
    (
        SELECT
@include stays: called | since_when | {to:DateTime64(3, 'UTC')} | 0
        FROM visits_of(
            subjects = (SELECT arrayMap(one -> one.1, stayers)),
            from = {from:DateTime64(3, 'UTC')}, to = {to:DateTime64(3, 'UTC')}) AS visited
        INNER JOIN
        (
            SELECT one.1 AS pseudonym, one.2 AS called, one.3 AS since_when FROM (SELECT arrayJoin(stayers) AS one)
        ) AS times ON times.pseudonym = visited.subject
        LEFT ANY JOIN (SELECT category, most_minutes, overnight FROM default_stays FINAL) AS most USING (category)
        WHERE end >= since_when
    ),
    known =
    (
        SELECT groupArray(own)
        FROM
        (
            SELECT own
            FROM
            (
@include own: {person:String}
            )
            UNION ALL
            SELECT arrayJoin(arrayMap(one -> one.1, stayers)) AS own
        )
    ),
    from = {from:DateTime64(3, 'UTC')}, until = {to:DateTime64(3, 'UTC')}, min_overlap = {min_overlap:UInt16})
WHERE class IN ('A', 'B');
