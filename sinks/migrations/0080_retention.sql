-- What retention deleted, for the ledger: of each table, feed, source partition and week of broker time the source offsets of the
-- rows. Written before the rows go (sinks/retention/run.py), so a row that is still there counts as landed and not as deleted.
-- Merging unites the sets: to write one twice changes nothing. Runs of offsets take almost no room (roaring bitmaps).
CREATE TABLE IF NOT EXISTS retention_deletions
(
    name LowCardinality(String),
    feed Int8,
    _partition UInt16,
    week Date,
    offsets AggregateFunction(groupBitmap, UInt64),
    first_run SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    last_run SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (name, feed, _partition, week);

-- What is left of a deleted event for as long as somebody may send it again: what tells the second copy, and nothing of the
-- person or the place. Ordered by the device's own time, which a copy repeats. Weeks whose copies are too old are dropped.
CREATE TABLE IF NOT EXISTS tombstones
(
    feed Int8,
    _partition UInt16,
    _offset Int64,
    event_id FixedString(16) CODEC(NONE),
    device_time DateTime64(3, 'UTC') CODEC(Delta, LZ4)
)
ENGINE = ReplacingMergeTree
PARTITION BY toMonday(device_time, 'UTC')
ORDER BY (device_time, event_id, feed, _partition, _offset);

-- For as long as a run takes: who of those named in old links and contact details has rows left. A deletion that asked for that
-- itself would read the table it rewrites, and the server waits for itself then.
CREATE TABLE IF NOT EXISTS retention_needed
(
    subject FixedString(16) CODEC(NONE)
)
ENGINE = MergeTree
ORDER BY subject;

-- Proof: what each run of retention found and left, by table and province (0: unknown, or a table without provinces). `days`
-- is the rule, `held` rows are older than that and stay for a case, `waiting` ones are older and not in the ledger yet,
-- `remaining` ones are older and stay for no reason: must be 0. `oldest` is the oldest row left; 1970 for none.
CREATE TABLE IF NOT EXISTS retention_runs
(
    run_at DateTime64(3, 'UTC'),
    name LowCardinality(String),
    province UInt8,
    days UInt16,
    rows_before UInt64,
    deleted UInt64,
    rows_after UInt64,
    held UInt64,
    waiting UInt64,
    remaining UInt64,
    oldest DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY (run_at, name, province);

-- The holds that were in force at each run.
CREATE TABLE IF NOT EXISTS retention_run_holds
(
    run_at DateTime64(3, 'UTC'),
    case_id FixedString(16),
    reason String,
    people UInt32,
    contacts UInt32
)
ENGINE = ReplacingMergeTree
ORDER BY (run_at, case_id);
