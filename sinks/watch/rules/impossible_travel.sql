-- A person's scans in two provinces within an hour of each other: no two of the five are nearer than 150 km. Of scans in
-- different provinces within an hour, two that follow each other are so, too: comparing neighbours finds them all.
-- Vehicles are left out: they move, and are registered in one province. Linked documents are one person's.
WITH RECURSIVE
    scanned AS
    (
        SELECT subject, event_time, scan_id, place_id, commune, province
        FROM scans_effective
        WHERE verdict = 'ACCEPTED'
            AND logged_at >= {since:DateTime64(3, 'UTC')} - toIntervalHour(1)
            AND province > 0
            AND feed != 'vehicle'
            AND category != 'PUBLIC_TRANSPORT_VEHICLE'
    ),
@include linked: SELECT subject FROM scanned WHERE subject IN (SELECT arrayJoin([subject, other]) FROM identity_links)
    ,
    seen AS
    (
        SELECT scanned.*, if(owners.whole = toFixedString('', 16), scanned.subject, owners.whole) AS person
        FROM scanned
        LEFT ANY JOIN (SELECT subject AS part, person AS whole FROM linked) AS owners ON owners.part = scanned.subject
    )
SELECT
    hex(scan_id) AS dedupe_key,
    subject,
    event_time,
    scan_id AS evidence,
    place_id,
    commune AS area_code,
    intDiv(toUnixTimestamp64Milli(event_time) - toUnixTimestamp64Milli(time_before), 60000) AS measure
FROM
(
    SELECT
        *,
        lagInFrame(province, 1, province) OVER neighbours AS province_before,
        lagInFrame(event_time, 1, event_time) OVER neighbours AS time_before
    FROM seen
    WHERE person IN (SELECT person FROM seen GROUP BY person HAVING min(province) != max(province))
    WINDOW neighbours AS
    (
        PARTITION BY person ORDER BY event_time, scan_id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW
    )
)
WHERE province != province_before AND event_time <= time_before + toIntervalHour(1)
