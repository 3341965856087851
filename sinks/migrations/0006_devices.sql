-- Runs of a device's numbers that tell of trouble. MISSING: no scan with them has landed although earlier and later ones
-- have; they wait on the device, were rejected, or are lost. REUSED: several scans have them, so the device began to
-- count anew, or two devices share a credential. 0 means that a scan gave no number. `after` and `before` are the event
-- times of the scans beside what is missing, or of the first and the last scan with what is reused. A scan lands once, so
-- rows are counted: sets of scan_id took six times the time and three times the memory (3 million rows).
CREATE OR REPLACE VIEW device_gaps AS
WITH numbered AS
(
    SELECT
        device_id,
        device_seq,
        count() AS scan_ids,
        min(event_time) AS first_time,
        max(event_time) AS last_time
    FROM scans
    WHERE device_seq > 0
    GROUP BY device_id, device_seq
)
SELECT
    device_id,
    CAST('MISSING', 'Enum8(\'MISSING\' = 1, \'REUSED\' = 2)') AS problem,
    toUInt32(previous + 1) AS first_seq,
    toUInt32(device_seq - 1) AS last_seq,
    toUInt64(device_seq - previous - 1) AS numbers,
    toUInt64(0) AS scans,
    previous_time AS after,
    first_time AS before
FROM
(
    SELECT
        device_id,
        device_seq,
        first_time,
        lagInFrame(device_seq, 1, device_seq) OVER one_before AS previous,
        lagInFrame(last_time, 1, last_time) OVER one_before AS previous_time
    FROM numbered
    WINDOW one_before AS (PARTITION BY device_id ORDER BY device_seq ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
)
WHERE device_seq > previous + 1
UNION ALL
SELECT
    device_id,
    CAST('REUSED', 'Enum8(\'MISSING\' = 1, \'REUSED\' = 2)') AS problem,
    min(device_seq) AS first_seq,
    max(device_seq) AS last_seq,
    count() AS numbers,
    sum(scan_ids) AS scans,
    min(first_time) AS after,
    max(last_time) AS before
FROM
(
    SELECT *, device_seq - row_number() OVER (PARTITION BY device_id ORDER BY device_seq) AS run
    FROM numbered
    WHERE scan_ids > 1
)
GROUP BY device_id, run;

-- Each device's clock and route. A scan's `skew_ms` is 0 where a gateway saw no more than two seconds of it, or none saw
-- it. The last one is that of the scan that came last, `offline_share` the share of scans that were stored and forwarded.
-- The median counts by distinct values, of which there are few: nearly all are 0.
CREATE OR REPLACE VIEW device_clocks AS
SELECT
    device_id,
    label,
    place_id,
    revoked,
    scans,
    median_skew_ms,
    last_skew_ms,
    offline_share,
    last_event_time,
    last_seen
FROM
(
    SELECT
        device_id,
        count() AS scans,
        quantileExactWeighted(0.5)(skew_ms, 1) AS median_skew_ms,
        argMax(skew_ms, (logged_at, _partition, _offset)) AS last_skew_ms,
        countIf(bitTest(flags, 0)) / count() AS offline_share,
        max(event_time) AS last_event_time,
        max(logged_at) AS last_seen
    FROM scans
    GROUP BY device_id
) AS seen
LEFT ANY JOIN (SELECT device_id AS id, label, place_id, revoked FROM devices FINAL) AS known ON known.id = seen.device_id;
