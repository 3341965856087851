-- How safe each place was found last, for the public: `SELECT * FROM public_place_safety`. A level of safety is about a place and
-- counts nobody. Places that were closed after the assessment are left out; `assessed` is a day in Vietnam.
CREATE OR REPLACE VIEW public_place_safety AS
SELECT
    levels.place_id AS place_id, place.name AS name, levels.category AS category, levels.commune AS commune,
    levels.district AS district, levels.province AS province, safety_level,
    toDate(levels.assessed, 'Asia/Ho_Chi_Minh') AS assessed
FROM safety_levels AS levels
LEFT ANY JOIN (SELECT place_id, name FROM places FINAL) AS place ON place.place_id = levels.place_id
LEFT ANY JOIN
(
    SELECT
        place_id, maxIf(event_time, action = 'CLOSED') AS closed, maxIf(event_time, action = 'REOPENED') AS reopened
    FROM place_events_effective
    WHERE action IN ('CLOSED', 'REOPENED')
    GROUP BY place_id
) AS life ON life.place_id = levels.place_id
WHERE life.closed <= levels.assessed OR life.reopened > life.closed;
