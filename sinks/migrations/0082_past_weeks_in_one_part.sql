-- A week in which nothing has landed for three hours is merged into one part: past weeks in the night after them, and this
-- one in a night without scans. Who asks about a person opens a file for each part and column, and a granule in each: seven
-- or eight parts of a week cost that many times more. A row is written once or twice more for it, when nobody scans. A retry
-- that lands in a past week merges it again.
ALTER TABLE scans MODIFY SETTING min_age_to_force_merge_seconds = 10800, min_age_to_force_merge_on_partition_only = 1;
