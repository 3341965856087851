-- All pseudonyms (`subject`) of the people some pseudonyms belong to; `asked` is the one asked for, `person` the smallest, by which
-- `people` calls the person. A pseudonym nobody linked is a person of its own:
-- `SELECT * FROM pseudonyms_of(subjects = [unhex('...')])`.
CREATE OR REPLACE VIEW pseudonyms_of AS
WITH RECURSIVE
@include pseudonyms: {subjects:Array(FixedString(16))}
SELECT asked, arrayMin(known) AS person, arrayJoin(known) AS subject
FROM (SELECT asked, known FROM grown ORDER BY length(known) DESC LIMIT 1 BY asked);

-- Where a person was: the visits that touch the time from `from` to `to` (UTC, `to` not included), of all the person's pseudonyms, with the
-- names of place and area. `risk_level` and `regime` are what was known of the commune when the scan landed that the visit goes by.
-- `person` is one of the pseudonyms, as hex(subject) shows it:
-- `SELECT * FROM trace_points(person = '00112233445566778899AABBCCDDEEFF', from = '2021-08-01 00:00:00',
-- to = '2021-08-22 00:00:00') ORDER BY start`.
CREATE OR REPLACE VIEW trace_points AS
SELECT
    start, end, start_imputed, end_imputed, dateDiff('millisecond', start, end) / 60000 AS minutes,
    place_id, place_name, category, feed, trip_id, commune, commune_name, district_name, province_name, risk_level, regime,
    subject
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
LEFT ANY JOIN (SELECT place_id, name AS place_name FROM places FINAL) AS register USING (place_id)
LEFT ANY JOIN (SELECT commune, commune_name, district_name, province_name FROM admin_units FINAL) AS units USING (commune);

-- Who was at a place: the visits there that touch the time from `from` to `to` (UTC, `to` not included), also of those who were not seen to
-- come or to go:
-- `SELECT * FROM who_was_in_place(place = 17, from = '2021-08-01 05:00:00', to = '2021-08-01 06:00:00') ORDER BY start`.
CREATE OR REPLACE VIEW who_was_in_place AS
WITH
    {from:DateTime64(3, 'UTC')} AS since,
    {to:DateTime64(3, 'UTC')} AS until,
    (
        SELECT groupUniqArray(subject)
        FROM scans
        WHERE
@include reach: place_id = {place:UInt32} AND verdict = 'ACCEPTED'
    ) AS visitors,
@include visits: subject IN (SELECT arrayJoin(visitors)) | place_id = {place:UInt32} | subject
SELECT
    subject, place_id, trip_id, start, end, start_imputed, end_imputed,
    dateDiff('millisecond', start, end) / 60000 AS minutes, category, feed, commune
FROM visited
WHERE place_id = {place:UInt32};

-- Who was in a commune, district or province: the visits at its places that touch the time from `from` to `to` (UTC, `to` not included).
-- `level` is COMMUNE, DISTRICT or PROVINCE, `code` the area's:
-- `SELECT * FROM who_was_in_area(level = 'COMMUNE', code = 14755, from = '2021-08-01 05:00:00', to = '2021-08-01 06:00:00')`.
CREATE OR REPLACE VIEW who_was_in_area AS
WITH
    {from:DateTime64(3, 'UTC')} AS since,
    {to:DateTime64(3, 'UTC')} AS until,
    visitors AS
    (
        SELECT subject
        FROM scans
        WHERE
@include reach: verdict = 'ACCEPTED' AND multiIf({level:String} = 'COMMUNE', commune, {level:String} = 'DISTRICT', district, province) = {code:UInt16}
    ),
@include visits: subject IN (SELECT subject FROM visitors) | place_id IN (SELECT place_id FROM scans WHERE feed = 'vehicle' AND logged_at >= since - toIntervalDay(2) AND multiIf({level:String} = 'COMMUNE', commune, {level:String} = 'DISTRICT', district, province) = {code:UInt16}) | subject
SELECT
    subject, place_id, trip_id, start, end, start_imputed, end_imputed,
    dateDiff('millisecond', start, end) / 60000 AS minutes, category, feed, commune
FROM visited
WHERE multiIf({level:String} = 'COMMUNE', commune, {level:String} = 'DISTRICT', district, province) =
    (
        SELECT {code:UInt16}
        WHERE NOT throwIf({level:String} NOT IN ('COMMUNE', 'DISTRICT', 'PROVINCE'), 'level: give COMMUNE, DISTRICT or PROVINCE')
    );
