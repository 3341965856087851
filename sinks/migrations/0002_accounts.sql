-- Events that were rejected, with their original key and value. Several landing messages' share an insert, which is made
-- again after a crash: equal rows replace each other, and `dead_letters` shows each once.
CREATE TABLE IF NOT EXISTS dead_letter_log
(
    feed Enum8('venue' = 1, 'checkpoint' = 2, 'vehicle' = 3),
    _partition UInt16,
    _offset Int64,
    reason Enum8('EMPTY' = 1, 'BAD_MAGIC' = 2, 'UNKNOWN_SCHEMA' = 3, 'TRUNCATED' = 4, 'TRAILING_BYTES' = 5,
        'OUT_OF_RANGE' = 6, 'KEY_MISMATCH' = 7, 'NO_SUBJECT' = 8, 'TOO_OLD' = 9, 'CLOCK_FUTURE' = 10,
        'CLOCK_SKEW' = 11, 'NO_SCAN_ID' = 12),
    stage Enum8('DECODE' = 1, 'VALIDATE' = 2),
    logged_at DateTime64(3, 'UTC'),
    key String,
    value String
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(logged_at)
ORDER BY (feed, _partition, _offset);

CREATE OR REPLACE VIEW dead_letters AS SELECT * FROM dead_letter_log FINAL;

-- Dead letters that were published again; one row for each.
CREATE TABLE IF NOT EXISTS dead_letter_replays
(
    feed Enum8('venue' = 1, 'checkpoint' = 2, 'vehicle' = 3),
    _partition UInt16,
    _offset Int64,
    replayed_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(replayed_at)
ORDER BY (feed, _partition, _offset);

-- One row for each landing message: the source offsets it covers and what became of them. Read it with FINAL: a
-- message landed twice is recorded twice, equally.
CREATE TABLE IF NOT EXISTS ledger
(
    feed Enum8('venue' = 1, 'checkpoint' = 2, 'vehicle' = 3),
    partition UInt16,
    first Int64,
    last Int64,
    landing_offset Int64,
    seen UInt32,
    accepted UInt32,
    rescan UInt32,
    retry UInt32,
    rejected UInt32,
    late UInt32,
    ts DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(ts)
ORDER BY (feed, partition, first);
