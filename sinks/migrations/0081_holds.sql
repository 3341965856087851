-- Holds somebody asked for and released, beside those of open cases: every act stays here.
CREATE TABLE IF NOT EXISTS retention_hold_acts
(
    case_id FixedString(16),
    action Enum8('ADD' = 0, 'RELEASE' = 1),
    reason String,
    made_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (case_id, made_at);

-- Whose rows stay for which case: its person, other pseudonyms of the same person, and whoever was at the same place at the same
-- time while it was infectious. Filled by every run of retention before it deletes; a case that is closed leaves at the next.
CREATE TABLE IF NOT EXISTS retention_held
(
    case_id FixedString(16),
    subject FixedString(16) CODEC(NONE),
    why Enum8('CASE' = 0, 'LINKED' = 1, 'CONTACT' = 2),
    held_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY (case_id, subject);

-- Cases whose rows stay: the open ones (SUSPECTED or CONFIRMED by what was told last), and those somebody holds by hand.
-- `infectious_from` and `infectious_until` are filled in where the case does not say: from two days before the onset, or before
-- it was told, and until 14 days later; NULL where nothing is known of the case.
CREATE OR REPLACE VIEW holds_in_force AS
WITH
    toDateTime64(0, 3, 'UTC') AS never,
    told AS
    (
        SELECT
            case_id AS id,
            argMax(status::String, (event_time, logged_at, _partition, _offset)) AS last_status,
            argMax(onset, (event_time, logged_at, _partition, _offset)) AS last_onset,
            argMax(infectious_from, (event_time, logged_at, _partition, _offset)) AS said_from,
            argMax(infectious_until, (event_time, logged_at, _partition, _offset)) AS said_until,
            min(event_time) AS first_told
        FROM cases_effective
        GROUP BY id
    ),
    asked AS
    (
        SELECT case_id AS id, argMax(reason, made_at) AS last_reason
        FROM retention_hold_acts
        GROUP BY id
        HAVING argMax(action, made_at) = 'ADD'
    )
SELECT
    id AS case_id,
    multiIf(
        told.last_status IN ('SUSPECTED', 'CONFIRMED') AND asked.last_reason != '', concat('case open; ', asked.last_reason),
        told.last_status IN ('SUSPECTED', 'CONFIRMED'), 'case open',
        asked.last_reason) AS reason,
    if(told.said_from > never, told.said_from, if(told.last_onset > never, told.last_onset, told.first_told) - toIntervalDay(2))
        AS infectious_from,
    if(told.said_until > never, told.said_until, infectious_from + toIntervalDay(16)) AS infectious_until
FROM told
FULL JOIN asked USING (id)
WHERE told.last_status IN ('SUSPECTED', 'CONFIRMED') OR asked.last_reason != '';
