-- The view of 0077 again, by the recursion of `pseudonyms_of`, which has no limit: all documents of people who are or were cases. `told_of`
-- is the subject a case was told of, `subject` each subject of the same person, that one among them: `SELECT * FROM case_subjects`.
CREATE OR REPLACE VIEW case_subjects AS
SELECT asked AS told_of, subject
FROM pseudonyms_of(subjects = (SELECT groupUniqArray(subject) FROM cases_effective));

-- Confirmed cases that were told of in the 28 days before `now` (UTC), a row each by what was told last: `told` is when Kafka took that,
-- `first_told` when it took the first that said CONFIRMED, and the case is infectious from `begins` to before `ends`. What is not
-- known: it begins two days before the onset, or before the case was told of, and lasts.
-- `SELECT * FROM cases_confirmed(now = '2021-08-01 05:00:00')`.
CREATE OR REPLACE VIEW cases_confirmed AS
SELECT
    case_id,
    last.1 AS subject,
    told,
    first_told,
    multiIf(
        toUnixTimestamp64Milli(last.3) > 0, last.3,
        toUnixTimestamp64Milli(last.2) > 0, last.2 - toIntervalDay(2),
        last.5 - toIntervalDay(2)) AS begins,
    if(toUnixTimestamp64Milli(last.4) > 0, last.4, {now:DateTime64(3, 'UTC')}) AS ends
FROM
(
    SELECT
        case_id,
        max(logged_at) AS told,
        minIf(logged_at, status = 'CONFIRMED') AS first_told,
        argMax((subject, onset, infectious_from, infectious_until, event_time, status), (event_time, event_id)) AS last
    FROM cases_effective
    WHERE logged_at >= {now:DateTime64(3, 'UTC')} - toIntervalDay(28)
    GROUP BY case_id
)
WHERE last.6 = 'CONFIRMED';

-- What `scans_effective` has, and `person`: the same for all documents of one person (view `people`):
-- `SELECT uniqExact(person) FROM scans_by_person WHERE verdict = 'ACCEPTED' AND logged_at >= '2021-08-01 00:00:00'`.
CREATE OR REPLACE VIEW scans_by_person AS
SELECT scanned.*, if(linked.whole = toFixedString('', 16), scanned.subject, linked.whole) AS person
FROM scans_effective AS scanned
LEFT ANY JOIN (SELECT subject AS part, person AS whole FROM people) AS linked ON linked.part = scanned.subject;
