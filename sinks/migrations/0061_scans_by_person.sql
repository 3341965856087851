-- Finds the scans of one person, who may have been anywhere, without reading those of all. Of each part it says which rows
-- begin with which four bytes of a subject; subjects are random, so nearly all it finds are the person's. `subject = ...` and
-- `subject IN (...)` of few use it by themselves. It costs 0.1 us and 12 bytes a row. With the whole subject it cost twice the
-- time to sort; copies of the columns a trace reads are 32 bytes a row, and merging them takes twice as long;
-- docs/performance.md has what else was measured. It can't wait for the first merge (materialize_projections_on_insert = 0):
-- a part that has it is never merged with one that has not, so the last parts of a week would stay apart.
ALTER TABLE scans MODIFY SETTING lightweight_mutation_projection_mode = 'rebuild';

ALTER TABLE scans ADD PROJECTION IF NOT EXISTS by_person
(
    SELECT _part_offset ORDER BY reinterpretAsUInt32(subject)
)
WITH SETTINGS (index_granularity = 512);

-- What has landed before.
ALTER TABLE scans MATERIALIZE PROJECTION by_person;
