-- Two pseudonyms are one person (LINK), or are so no longer (UNLINK); the subjects have no order. One row for each event.
CREATE TABLE IF NOT EXISTS identity_links
(
    event_id FixedString(16) CODEC(NONE),
    subject FixedString(16) CODEC(NONE),
    token_kind Enum8('ANON' = 0, 'CCCD' = 1, 'CMND' = 2, 'PASSPORT' = 3, 'QID' = 4, 'BHYT' = 5, 'PHONE' = 6),
    key_version UInt8,
    other FixedString(16) CODEC(NONE),
    other_kind Enum8('ANON' = 0, 'CCCD' = 1, 'CMND' = 2, 'PASSPORT' = 3, 'QID' = 4, 'BHYT' = 5, 'PHONE' = 6),
    other_key_version UInt8,
    link_action Enum8('LINK' = 0, 'UNLINK' = 1),
    link_reason Enum8('OTHER' = 0, 'SAME_CREDENTIAL' = 1, 'KEY_ROTATION' = 2, 'DECLARED' = 3, 'OFFICER' = 4,
        'MISTAKE' = 5),
    device_id UInt32,
    event_time DateTime64(3, 'UTC') CODEC(Delta, LZ4),
    feed Enum8('link' = 14),
    verdict Enum8('ACCEPTED' = 1, 'RESCAN' = 2, 'RETRY' = 3, 'REJECTED' = 4),
    rescan_of Int64,
    lateness Enum8('ON_TIME' = 1, 'LATE' = 2, 'VERY_LATE' = 3),
    flags UInt16,
    skew_ms Int32,
    logged_at DateTime64(3, 'UTC') CODEC(T64, LZ4),
    _partition UInt16,
    _offset Int64 CODEC(T64, LZ4),
    device_time DateTime64(3, 'UTC') ALIAS event_time - toIntervalMillisecond(skew_ms)
)
ENGINE = MergeTree
PARTITION BY toMonday(logged_at, 'Asia/Ho_Chi_Minh')
ORDER BY (subject, event_time)
SETTINGS
    non_replicated_deduplication_window = 50000,
    min_bytes_for_full_part_storage = 1000000,
    old_parts_lifetime = 120;

-- The person of every linked subject: the smallest subject of all who are one person. Of each pair the latest event counts,
-- as in schemas/links.py; a test compares the two. A subject that isn't here is a person of its own:
-- `if(person = toFixedString('', 16), subject, person)` after a LEFT ANY JOIN.
-- Each step, every subject takes the smallest person among its neighbours, itself being one, until nothing changes: as
-- many steps as the longest chain has links. 100,000 links took 2 s in pairs, 4 s in chains of four, on two busy cores. A
-- chain of more than 1,000 links ends in an error (max_recursive_cte_evaluation_depth), never in a wrong answer.
CREATE OR REPLACE VIEW people AS
WITH RECURSIVE
    pairs AS
    (
        SELECT least(subject, other) AS one, greatest(subject, other) AS two
        FROM identity_links
        WHERE verdict = 'ACCEPTED' AND subject != other
        GROUP BY one, two
        HAVING argMax(link_action, (event_time, event_id)) = 'LINK'
    ),
    neighbours AS
    (
        SELECT arrayJoin([(one, two), (two, one), (one, one), (two, two)]) AS pair, pair.1 AS subject, pair.2 AS neighbour
        FROM pairs
    ),
    labels AS
    (
        SELECT subject, min(neighbour) AS person, true AS changed FROM neighbours GROUP BY subject
        UNION ALL
        SELECT subject, smallest AS person, max(smallest != before) OVER () AS changed
        FROM
        (
            SELECT
                neighbours.subject AS subject,
                min(labels.person) AS smallest,
                minIf(labels.person, labels.subject = neighbours.subject) AS before
            FROM labels
            INNER JOIN neighbours ON neighbours.neighbour = labels.subject
            WHERE labels.changed
            GROUP BY neighbours.subject
        )
    )
SELECT subject, min(person) AS person FROM labels GROUP BY subject;

-- Contact details of people, sealed with a key of the person's own (schemas/vault.py). `key_id` says which.
CREATE TABLE IF NOT EXISTS vault_contacts
(
    subject FixedString(16) CODEC(NONE),
    key_version UInt8,
    key_id FixedString(16) CODEC(NONE),
    sealed String CODEC(NONE),
    sealed_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (subject, sealed_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Those keys, wrapped with a master key that is not in ClickHouse. Whose key is gone, their details can never be opened
-- again. So a row that is deleted (ALTER TABLE DELETE) must be gone from the disk, too: the parts it was in are removed as
-- soon as they were rewritten, and the cleaner looks every second. As there is no old part to go back to after a power
-- failure, new ones are on the disk (fsync) before they count. Wrapped anew means a higher master_version.
CREATE TABLE IF NOT EXISTS vault_keys
(
    subject FixedString(16) CODEC(NONE),
    key_id FixedString(16) CODEC(NONE),
    master_version UInt8,
    wrapped String CODEC(NONE),
    made_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(master_version)
ORDER BY (subject, key_id)
SETTINGS
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    min_rows_to_fsync_after_merge = 1,
    min_compressed_bytes_to_fsync_after_merge = 1,
    old_parts_lifetime = 0,
    cleanup_delay_period = 1,
    cleanup_delay_period_random_add = 0,
    max_cleanup_delay_period = 1,
    cleanup_thread_preferred_points_per_iteration = 0;

-- The second place that knows what is in the audit log: its entries' hashes, and nothing else of them. There is one log.
CREATE TABLE IF NOT EXISTS audit_witness
(
    number UInt64,
    hash FixedString(32) CODEC(NONE),
    seen_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree
ORDER BY number
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
