-- The visits of 0005 and 0040, from the one text of the rules that all views share.
CREATE OR REPLACE VIEW visits AS
WITH
    {from:DateTime64(3, 'UTC')} AS since,
    {to:DateTime64(3, 'UTC')} AS until,
@include visits: true | true | subject
SELECT subject, place_id, trip_id, category, feed, commune, district, province, start, end, start_imputed, end_imputed,
    start_scan, end_scan
FROM visited;

-- The visits of some pseudonyms that touch the time from `from` to `to` (UTC, `to` not included). Their scans are found by subject,
-- and others' are read only to know when a trip ended:
-- `SELECT * FROM visits_of(subjects = [unhex('...')], from = '2021-08-01 00:00:00', to = '2021-08-22 00:00:00')`.
CREATE OR REPLACE VIEW visits_of AS
WITH
    {from:DateTime64(3, 'UTC')} AS since,
    {to:DateTime64(3, 'UTC')} AS until,
@include visits: subject IN {subjects:Array(FixedString(16))} | place_id IN (SELECT place_id FROM scans WHERE feed = 'vehicle' AND logged_at >= since - toIntervalDay(2) AND subject IN {subjects:Array(FixedString(16))}) | subject
SELECT subject, place_id, trip_id, category, feed, commune, district, province, risk_level, regime, start, end, start_imputed, end_imputed,
    start_scan, end_scan
FROM visited;
