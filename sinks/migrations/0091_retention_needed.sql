-- Whom a run needs, by the run's moment: two runs at the same time (the schedule's and one by hand) keep theirs apart.
ALTER TABLE retention_needed ADD COLUMN IF NOT EXISTS run_at DateTime64(3, 'UTC');
