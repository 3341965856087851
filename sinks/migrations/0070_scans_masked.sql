-- Accepted scans for those who run a place and may not know who came: `SELECT * FROM scans_masked WHERE event_time >= today()`.
-- The ministry has a manager see `Họ tên đệm***` and `0123456***`; here there are no names, and of a pseudonym even the first
-- digits would let somebody be followed. So `person_masked` is four digits made of person, place and day (in Vietnam), which
-- tell a way in from another person's way out, and mean nothing at another place or on another day. Read with the rights of the
-- view's owner (sinks/access); its readers have no right to `scans`.
CREATE OR REPLACE VIEW scans_masked AS
SELECT
    event_time, place_id, gate, feed, direction, decision, decision_reason, pass_status, identity_match,
    scan_mode, capture_mode, source_app, token_kind, category, department, commune, district, province,
    concat(
        substring(hex(SHA256(concat(
            subject, reinterpretAsString(place_id), toString(toDate(event_time, 'Asia/Ho_Chi_Minh'))))), 1, 4),
        '***') AS person_masked
FROM scans_in_force;
